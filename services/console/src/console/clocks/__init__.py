"""Clocks: the picture of how their time was counted."""
