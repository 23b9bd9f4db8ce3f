"""Rules of outages, maintenance and availability. Pure."""
