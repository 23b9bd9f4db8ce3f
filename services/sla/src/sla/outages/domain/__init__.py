"""Outages, maintenance and availability."""
