"""The rules about reference data. Pure."""
