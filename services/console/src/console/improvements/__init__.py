"""Improvements of the monitoring that are owed: planned, done with evidence, verified by somebody else."""
