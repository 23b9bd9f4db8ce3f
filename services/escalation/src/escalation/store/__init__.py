"""Every query of the escalation service. Rows stay in here; domain values come out."""
