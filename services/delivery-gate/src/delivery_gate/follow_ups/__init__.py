"""Follow-ups: the work that a refusal obliges to."""
