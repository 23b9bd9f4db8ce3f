"""Queries of the service catalogue."""
