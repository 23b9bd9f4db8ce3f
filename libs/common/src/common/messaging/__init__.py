"""Kafka: outbox and relay, consumer and inbox, parked records and dead letters."""
