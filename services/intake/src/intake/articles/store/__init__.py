"""Every query about articles."""
