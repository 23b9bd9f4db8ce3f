"""The operational review: what customer and provider look at together. Pure."""
