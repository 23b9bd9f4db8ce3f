"""What the tests of intake share."""
