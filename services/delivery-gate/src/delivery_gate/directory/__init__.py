"""Contacts of customers, as intake announces them: the portal speaks for them."""
