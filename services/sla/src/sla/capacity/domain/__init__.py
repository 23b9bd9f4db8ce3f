"""Rules of measured promises, usage and its forecast. Pure."""
