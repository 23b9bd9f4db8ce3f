"""Kafka in and out: outbox, relay, consumer, inbox, and records that cannot be applied."""
