"""Our people and contacts of customers, as intake announces them."""
