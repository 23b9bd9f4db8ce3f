"""Investigations: how long the search for a cause takes, and whether it was found (R9)."""
