"""What was promised to whom. Pure."""
