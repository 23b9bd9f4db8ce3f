"""The operational review of a customer's month."""
