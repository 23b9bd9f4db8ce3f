"""Queries of series and their samples."""
