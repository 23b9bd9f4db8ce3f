"""The rules of time entries: costs and reserved hours. Pure."""
