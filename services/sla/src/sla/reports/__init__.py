"""Reports: volume, compliance, times, backlog, availability, costs and reserved hours."""
