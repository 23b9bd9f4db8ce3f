"""The rules of deliveries: evaluation, review, rollout."""
