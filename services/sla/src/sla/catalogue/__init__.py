"""The service catalogue: what customers buy, what it runs on, and gaps in what is promised."""
