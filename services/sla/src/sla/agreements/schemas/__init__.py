"""Request and response models of agreements."""
