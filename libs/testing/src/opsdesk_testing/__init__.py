"""Support for tests that all services share: databases, events, time, callers."""
