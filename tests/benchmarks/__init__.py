"""Measured claims: every figure is a ratio to a named rival, both sides in the same run."""
