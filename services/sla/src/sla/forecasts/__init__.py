"""Forecasts of which open promises will breach if nothing changes, and their accuracy (R3)."""
