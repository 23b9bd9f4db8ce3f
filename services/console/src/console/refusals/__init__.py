"""Refused versions, with the reasons that quality control weighs."""
