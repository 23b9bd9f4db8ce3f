"""Availability of a month: what counted as down, and what is left of the permitted downtime."""
