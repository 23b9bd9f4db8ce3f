"""What the tests of the delivery gate share."""
