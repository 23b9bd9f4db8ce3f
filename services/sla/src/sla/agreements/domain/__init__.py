"""What was promised to whom, in versions."""
