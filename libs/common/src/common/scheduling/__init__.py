"""Deadlines: scheduled in a transaction, fired exactly once by any replica."""
