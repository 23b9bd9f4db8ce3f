"""Templates of messages to customers, by language and with versions, and drafts made of them."""
