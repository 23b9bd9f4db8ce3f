"""OpsDesk for people: the `opsdesk` command, the demo company, and the journeys through all of it."""
