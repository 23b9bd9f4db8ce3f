"""Rules of articles."""
