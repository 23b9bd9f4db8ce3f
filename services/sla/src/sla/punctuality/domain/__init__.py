"""Proof that deadlines fired on time."""
