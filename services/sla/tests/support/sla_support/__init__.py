"""What the tests of sla share: Acme and its promise, the slow truth, and ways to look."""
