"""Clocks: each measures one promise on one ticket."""
