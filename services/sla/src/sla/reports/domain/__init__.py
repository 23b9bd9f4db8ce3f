"""The rules of reports: periods, percentiles, volumes and backlogs. Pure."""
