"""When a service was down, and how available it was. Pure."""
