"""The rules of cases: what people and time do to them. Pure."""
