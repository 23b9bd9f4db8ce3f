"""Promises by the clock: what is due next, and how the time of one was counted."""
