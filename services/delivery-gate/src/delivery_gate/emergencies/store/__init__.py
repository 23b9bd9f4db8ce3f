"""Every query about emergency changes and Blockers. Rows stay inside; domain values come out."""
