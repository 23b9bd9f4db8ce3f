"""What people are reminded of once a day, in one message (E20)."""
