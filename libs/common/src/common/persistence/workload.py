"""Kinds of work with the database, each with connections and time-outs of its own.

So one kind that waits (for a lock, for a slow disk) cannot take the connections of another. The
time-outs are the server's: a statement that is given up has ended, with its locks. A client's own
time-out would leave it running; it is the last resort, for a server that does not answer.
"""

from dataclasses import dataclass, replace
from typing import Final

CLIENT_GRACE_S: Final = 5.0
"""Seconds between the server's limit of a statement and the client's."""
DETECT_LOST_CLIENT_INTERVAL_S: Final = 1.0
"""Seconds between two looks of a running statement whether its client is still there."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One kind of work. All times are seconds; 0 means no limit.

    At most `connections` are open; another transaction waits `acquire_s` for one. `lock_s` bounds
    the wait for each lock, `statement_s` a whole statement, `idle_s` the time between two statements
    of a transaction, after which the server ends it. `connect_s` bounds the making of a connection.
    The client gives up a statement `grace_s` after the server should have ended it.
    """

    name: str
    connections: int
    acquire_s: float
    lock_s: float
    statement_s: float
    idle_s: float
    connect_s: float = 5.0
    grace_s: float = CLIENT_GRACE_S

    def with_connections(self, connections: int) -> "Workload":
        """The same kind with another bound."""
        return replace(self, connections=connections)

    @property
    def client_timeout_s(self) -> float | None:
        """Seconds after which the client gives up a statement that the server has not ended."""
        return self.statement_s + self.grace_s if self.statement_s else None

    def server_settings(self) -> dict[str, str]:
        """What the server is told at the start of each connection."""
        return {
            "lock_timeout": _milliseconds(self.lock_s),
            "statement_timeout": _milliseconds(self.statement_s),
            "idle_in_transaction_session_timeout": _milliseconds(self.idle_s),
            # Without it a statement whose client is gone runs on to its end, and commits.
            "client_connection_check_interval": _milliseconds(DETECT_LOST_CLIENT_INTERVAL_S),
            # This machine may be gone without a word: its locks are free ten seconds later.
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
            "tcp_user_timeout": "10000",
            "jit": "off",
        }


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


# Of each request. The numbers of connections are defaults of settings.
WRITES: Final = Workload("writes", 10, acquire_s=2, lock_s=4, statement_s=10, idle_s=20)
READS: Final = Workload("reads", 5, acquire_s=2, lock_s=3, statement_s=10, idle_s=20)
LISTS: Final = Workload("lists", 4, acquire_s=2, lock_s=3, statement_s=20, idle_s=20)
"""Lists, reports, exports and simulations: what may take long."""
CALLERS: Final = Workload("callers", 2, acquire_s=2, lock_s=2, statement_s=3, idle_s=10)
"""Who is spoken for, before the request's own transaction."""
HEALTH: Final = Workload(
    "health", 1, acquire_s=1, lock_s=1, statement_s=1, idle_s=5, connect_s=1.5, grace_s=0.5
)

# Of the loops.
CONSUMER: Final = Workload("consumer", 4, acquire_s=10, lock_s=10, statement_s=50, idle_s=90)
"""One for each lane, one for the release of parked records, one for the watch."""
TIMERS: Final = Workload("timers", 2, acquire_s=10, lock_s=10, statement_s=50, idle_s=90)
NOTIFIER: Final = Workload("notifier", 4, acquire_s=10, lock_s=5, statement_s=10, idle_s=20)
LOOPS: Final = Workload("loops", 4, acquire_s=10, lock_s=10, statement_s=50, idle_s=60)
"""The other loops; each uses one connection at a time, so there is one for each."""
LEASES: Final = Workload("leases", 6, acquire_s=0, lock_s=5, statement_s=12, idle_s=60)
"""Connections outside any pool, whose loss ends a lease: relay, its wake-up call, sealer; and those
that look at what a lane, or the release of parked records, waits for."""

# Of commands and tools, which may take their time.
COMMANDS: Final = Workload("commands", 2, acquire_s=10, lock_s=10, statement_s=60, idle_s=0)
