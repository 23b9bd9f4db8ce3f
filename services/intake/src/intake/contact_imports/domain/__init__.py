"""The rules of importing contacts. Pure."""
