"""Request and response models of the ticket routes."""
