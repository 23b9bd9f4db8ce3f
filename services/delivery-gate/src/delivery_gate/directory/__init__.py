"""Contacts of customers, as intake announces them: for whom the portal may speak."""
