"""Mail to customers' contacts: our answers and the one receipt, planned after the fact and sent under a lease."""
