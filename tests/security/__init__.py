"""Who can use this to hide, stop or see something: over all operations of all services."""
