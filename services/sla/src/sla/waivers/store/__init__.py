"""Queries of waivers."""
