"""HTTP in: problems, and the known errors that a ticket looks like."""
