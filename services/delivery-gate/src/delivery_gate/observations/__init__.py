"""Observations: what monitors see running on an environment."""
