"""The command line `opsdesk`, the demo company, and the journeys."""
