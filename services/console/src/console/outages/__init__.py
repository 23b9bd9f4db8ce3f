"""Outages: what was down, as it is known, and corrections that two people make."""
