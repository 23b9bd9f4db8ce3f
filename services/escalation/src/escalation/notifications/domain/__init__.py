"""The rules of notifications and their texts. Pure."""
