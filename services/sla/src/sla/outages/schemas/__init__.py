"""Request and response models of outages, maintenance and availability."""
