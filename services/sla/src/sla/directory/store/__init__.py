"""Queries of directory data."""
