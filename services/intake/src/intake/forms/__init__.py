"""Request forms of services: JSON Schema kept as data, and what was filled in."""
