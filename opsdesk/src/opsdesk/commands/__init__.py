"""One file per command; each asks, and shows what it was told."""
