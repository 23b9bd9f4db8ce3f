"""Every query about deliveries and their verdicts. Rows stay inside; domain values come out."""
