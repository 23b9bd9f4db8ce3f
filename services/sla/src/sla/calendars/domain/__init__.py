"""Business time: which instants count, and how much of them."""
