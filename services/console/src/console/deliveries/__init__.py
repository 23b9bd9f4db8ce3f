"""Deliveries, and deciding them."""
