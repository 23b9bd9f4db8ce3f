"""What the tests of every service share: databases, events, time, callers."""
