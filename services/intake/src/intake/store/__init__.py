"""Every query of intake. Rows stay in here; domain values come out."""
