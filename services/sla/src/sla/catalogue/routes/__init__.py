"""HTTP in: the service catalogue and its gaps."""
