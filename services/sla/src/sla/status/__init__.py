"""The status board: how the open promises stand now."""
