"""Which open promises will break if nothing changes, and how good such forecasts were (R3). Pure."""
