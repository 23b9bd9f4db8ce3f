"""The only module that reads the machine's clock: for tokens, leases, limits and time-outs.

Business time is the service's own `<schema>.now()`: see
`common.persistence.database.transaction_time`.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the real time in UTC. It is never simulated: do not use it as business time."""
    return datetime.now(UTC)
