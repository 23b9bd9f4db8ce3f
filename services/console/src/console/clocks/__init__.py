"""Clocks: for now the picture of how their time was counted."""
