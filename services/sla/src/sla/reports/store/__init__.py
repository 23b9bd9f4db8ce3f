"""Queries of rolled-up figures, and of the facts from which they are counted."""
