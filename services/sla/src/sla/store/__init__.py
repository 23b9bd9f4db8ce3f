"""Every query of sla. Rows stay inside; domain values come out."""
