"""Measured figures that were promised, usage, and when a limit is reached. Pure."""
