"""Counts of promises for goals, and the warnings that were sent."""
