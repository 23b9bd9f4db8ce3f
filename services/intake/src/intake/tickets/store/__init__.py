"""Every query about tickets, messages and hand-overs. Rows stay in here; domain values come out."""
