"""Deliveries: requests to bring a version to an environment, from submission to verification."""
