"""Signing in by OpenID Connect, and out."""
