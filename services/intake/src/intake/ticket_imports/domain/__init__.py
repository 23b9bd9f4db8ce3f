"""The rules of importing tickets. Pure."""
