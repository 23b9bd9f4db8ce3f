"""The GM's prior approval of a violation. Pure."""
