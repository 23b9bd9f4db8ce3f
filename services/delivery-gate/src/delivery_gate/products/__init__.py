"""Products: what versions are versions of."""
