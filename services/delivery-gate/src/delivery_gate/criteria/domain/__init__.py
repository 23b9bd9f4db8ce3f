"""The rules of criteria and verdicts."""
