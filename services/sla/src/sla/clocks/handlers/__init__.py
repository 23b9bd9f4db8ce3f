"""Kafka in: what clocks do with events about tickets."""
