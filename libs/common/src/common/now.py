"""The only module that reads the wall clock: for tokens, leases, limits and time-outs.

What the business decides by is the service's own `<schema>.now()`, see `common.persistence.database.moment`.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """The real time, in UTC. Never simulated, so never a fact about a ticket or a clock."""
    return datetime.now(UTC)
