"""Request and response models of reviews."""
