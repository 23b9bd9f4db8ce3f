"""Reports over a period: compliance, times, volume, backlog, availability, costs, reserved hours."""
