"""Who has read personal data: each person once an hour for each ticket, contact or mail (R16)."""
