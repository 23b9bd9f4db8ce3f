"""The rules of request forms. Pure."""
