"""Rules of waivers. Pure."""
