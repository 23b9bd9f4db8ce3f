"""The rules of uploaded files. Pure."""
