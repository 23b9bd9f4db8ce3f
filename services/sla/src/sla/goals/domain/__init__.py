"""Pure rules of goals."""
