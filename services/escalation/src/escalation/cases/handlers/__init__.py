"""Kafka in: the events that open, join and resolve cases."""
