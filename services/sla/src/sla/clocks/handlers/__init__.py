"""Kafka in: events about tickets."""
