"""HTTP in: clocks."""
