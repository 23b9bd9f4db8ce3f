"""Escalation policies and the matrix that chooses one for a trigger."""
