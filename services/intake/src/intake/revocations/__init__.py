"""Tokens that no longer hold, announced to all services."""
