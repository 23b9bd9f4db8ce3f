"""Whose rows a transaction may touch, told to PostgreSQL together with its BEGIN.

A customer's contact works as the role `opsdesk_<schema>_contact`, to which row-level security shows
the rows of the own customer alone: a forgotten WHERE answers nothing. So does a business partner's
person, with the rows of the partner's own contracts and those of no customer. Our own people, machines and
the loops work as the service's role and read with the plans that they would have without.

Within a request nobody has to think of it: `rows_of_nobody` is around each request, and who is
authenticated replaces it. So a transaction that is opened too early, or by a route that asked
nobody, reads nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg

if TYPE_CHECKING:
    _Base = asyncpg.Connection[asyncpg.Record]
else:
    _Base = asyncpg.Connection  # it cannot be subscripted while it runs

CUSTOMER_SETTING: Final = "opsdesk.customer"
"""The customer (a key) whose rows the contacts' role sees; nobody's while it is empty."""
PARTNER_SETTING: Final = "opsdesk.partner"
"""The partner (a key) whose contracts that role sees beside them; nobody's while it is empty."""
CALLER_SETTING: Final = "opsdesk.caller"
"""Whose idempotency keys the contacts' role sees."""


@dataclass(frozen=True, slots=True)
class RowScope:
    """The rows of one customer or partner (a key, else empty), and what is stored for one caller (their
    identity)."""

    customer: str
    caller: str
    partner: str = ""

    def begin_sql(self, schema: str) -> str:
        """Return what follows BEGIN in the same message, so that it costs no round trip."""
        begin = (
            f";SET LOCAL ROLE {contact_role(schema)}"
            f";SET LOCAL {CUSTOMER_SETTING} = {_quote(self.customer)}"
            f";SET LOCAL {CALLER_SETTING} = {_quote(self.caller)}"
        )
        if self.partner:
            begin += f";SET LOCAL {PARTNER_SETTING} = {_quote(self.partner)}"
        return begin


NOBODY: Final = RowScope("", "")
_scope: ContextVar[RowScope | None] = ContextVar("row_scope", default=None)


def contact_role(schema: str) -> str:
    """Return the role as which a service reads and writes for a customer's contact."""
    return f"opsdesk_{schema}_contact"


def current_scope() -> RowScope | None:
    """Return whose rows the present task may touch; None: all."""
    return _scope.get()


def set_scope(scope: RowScope | None) -> None:
    """Set whose rows the rest of this request may touch; None: all."""
    _scope.set(scope)


def begin_suffix(scope: RowScope | None, schema: str, lock_timeout_s: float | None) -> str:
    """Return what follows BEGIN in the same message: whose rows, and how long a lock is waited for."""
    rows = scope.begin_sql(schema) if scope else ""
    if lock_timeout_s is None:
        return rows
    return f"{rows};SET LOCAL lock_timeout = '{lock_timeout_s * 1000:.0f}ms'"


@contextmanager
def rows_of_nobody() -> Iterator[None]:
    """Let transactions of this block touch no rows, until `set_scope` says whose."""
    token = _scope.set(NOBODY)
    try:
        yield
    finally:
        _scope.reset(token)


class ScopedConnection(_Base):
    """A connection whose transactions begin with `begin_suffix`, in the same message as BEGIN."""

    begin_suffix = ""

    async def execute(
        self,
        query: str,
        *args: Any,
        timeout: float | None = None,  # noqa: ASYNC109 - the overridden method's own
    ) -> str:
        """Execute. A BEGIN whose suffix fails closes the connection: it must not be used without."""
        if not self.begin_suffix or not query.startswith("BEGIN"):
            return await super().execute(query, *args, timeout=timeout)
        begin = query.rstrip(";") + self.begin_suffix
        try:
            return await super().execute(begin, *args, timeout=timeout)
        except BaseException:
            self.terminate()
            raise


def _quote(text: str) -> str:
    """Quote a literal. A character that PostgreSQL does not take stands for nobody."""
    return "''" if "\0" in text else "'" + text.replace("'", "''") + "'"
