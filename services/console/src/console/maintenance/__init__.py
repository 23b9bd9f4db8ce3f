"""Planned maintenance: announced by one, agreed to by another."""
