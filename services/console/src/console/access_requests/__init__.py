"""Accesses of people: asked for, approved, given and verified, needed still, and taken away again."""
