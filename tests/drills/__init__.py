"""The twelve faults of docs/runbooks/drills.md, played on running services under a real Prometheus: `make drills`."""
