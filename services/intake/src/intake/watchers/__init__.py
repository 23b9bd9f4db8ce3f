"""Who watches a ticket: staff, and contacts of its customer, who get our answers by mail."""
