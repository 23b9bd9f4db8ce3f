"""Waivers, and deciding them."""
