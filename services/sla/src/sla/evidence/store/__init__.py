"""Queries of facts, seals and anchors."""
