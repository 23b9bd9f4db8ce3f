"""The rules of business time: which instants count, and how much time lies between them. Pure."""
