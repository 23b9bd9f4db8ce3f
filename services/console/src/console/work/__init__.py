"""My work: what waits for the person, the most urgent first."""
