"""The queue, and one ticket."""
