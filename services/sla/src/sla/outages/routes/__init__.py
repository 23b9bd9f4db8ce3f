"""HTTP in: outages, maintenance and availability."""
