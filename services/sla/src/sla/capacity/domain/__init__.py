"""Measured promises, usage and its forecast."""
