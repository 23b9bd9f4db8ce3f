"""Mail to customers' contacts and to partners: planned after the fact and sent under a lease."""
