"""Links between tickets, and tickets that are split from others."""
