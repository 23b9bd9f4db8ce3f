"""HTTP in: time entries and rate cards."""
