"""Follow-ups: work that a refusal obliges to, closed with evidence and confirmed by another person."""
