"""Emergency changes, and the debts that they leave."""
