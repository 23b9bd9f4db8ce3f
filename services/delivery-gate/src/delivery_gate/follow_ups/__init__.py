"""Follow-ups: the work that refusals and drifts oblige to."""
