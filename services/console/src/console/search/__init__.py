"""One search over the services."""
