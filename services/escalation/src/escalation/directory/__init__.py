"""People, customers and environments, as intake announces them."""
