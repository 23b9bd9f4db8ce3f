"""The HTTP face of intake."""
