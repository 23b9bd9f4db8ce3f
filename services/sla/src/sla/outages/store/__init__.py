"""Queries of outages and availability."""
