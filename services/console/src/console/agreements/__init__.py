"""Agreements: what is promised, and how a version is negotiated, compared and signed."""
