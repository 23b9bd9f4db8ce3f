"""Rules of the service catalogue. Pure."""
