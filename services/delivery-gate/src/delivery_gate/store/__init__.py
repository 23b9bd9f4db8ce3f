"""Every query of the gate. Rows stay inside; domain values come out."""
