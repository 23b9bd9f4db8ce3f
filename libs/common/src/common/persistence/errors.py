"""Whose fault an exception is: the record's or deadline's, our operation's, or our code's.

Pure: it looks at the exception and asks nobody. Consumer, scheduler, relay, notifier and HTTP decide
by it what is put aside for a person, what is tried again, and what answers 503.
"""

from enum import StrEnum

import asyncpg
from sqlalchemy import exc


class Origin(StrEnum):
    """Where an exception comes from."""

    RECORD = "record"
    """What was being handled: handler code raised it, or the data do not fit (22, 23, P0)."""
    OPERATION = "operation"
    """Our operation: busy, locked, lost, full, slow. The same may succeed later."""
    DEFECT = "defect"
    """Our code or schema: a wrong statement, a missing migration. No record is to blame."""


_ASYNCPG_ERRORS = (asyncpg.InterfaceError, asyncpg.InternalClientError)
CONNECTION_ERRORS = (OSError, asyncpg.PostgresError, *_ASYNCPG_ERRORS)
"""What opening or using a connection of asyncpg raises. InternalClientError among them: PostgreSQL has
ended the connection, and a statement is sent before its socket is seen to be closed."""

_RECORD_CLASSES = frozenset({"22", "23", "P0"})
_OPERATION_CLASSES = frozenset(
    {"08", "25", "40", "53", "55", "57", "58", "72", "F0", "XX"}
    # connection, transaction state, rollback, resources, object state, intervention, system,
    # snapshot, configuration file, internal
)
_OPERATION_ERRORS = (
    OSError,  # with it TimeoutError, ConnectionError, DNS and TLS errors
    EOFError,
    MemoryError,
    *_ASYNCPG_ERRORS,
    exc.TimeoutError,  # no connection was free in the pool
    exc.DisconnectionError,
    exc.PendingRollbackError,
    exc.ResourceClosedError,
)
_RECORD_ERRORS = (exc.NoResultFound, exc.MultipleResultsFound)


def origin_of(error: BaseException) -> Origin:
    """Return where an exception comes from.

    The exception itself counts, not what it was raised *from*: `raise NoSuchTicket() from error` in a
    handler is the handler's verdict, whatever `error` was. A database error is looked up below the
    wrappers of SQLAlchemy. So a `KeyError`, a validation error or a missing row (`NoResultFound`) in
    handler code are the record's; a `TimeoutError` or `OSError` is ours whoever raised it. A group is
    ours as soon as one of its members is.
    """
    if isinstance(error, BaseExceptionGroup):
        origins = {origin_of(member) for member in error.exceptions}
        return next(o for o in (Origin.OPERATION, Origin.DEFECT, Origin.RECORD) if o in origins)
    error = _unwrap(error)
    if (state := _sqlstate(error)) is not None:
        return _origin_of_state(state)
    if isinstance(error, _RECORD_ERRORS):
        return Origin.RECORD
    if isinstance(error, _OPERATION_ERRORS):
        return Origin.OPERATION
    return Origin.DEFECT if isinstance(error, exc.SQLAlchemyError) else Origin.RECORD


def counts_against_record(error: BaseException) -> bool:
    """Return whether an exception speaks against what was handled, so that a person has to look."""
    return origin_of(error) is Origin.RECORD


def is_transient(error: BaseException) -> bool:
    """Return whether the same statements may succeed later: nothing but our operation is to blame."""
    return origin_of(error) is Origin.OPERATION


def sqlstate_of(error: BaseException) -> str | None:
    """Return the SQLSTATE of a database error, also inside SQLAlchemy's wrappers."""
    return _sqlstate(_unwrap(error))


def constraint_of(error: BaseException) -> str:
    """Return the name of the constraint that a database error is about; empty without one."""
    return str(getattr(_unwrap(error), "constraint_name", None) or "")


def describe_error(error: BaseException) -> str:
    """Return an exception's type and SQLSTATE. Never its text, which may quote a customer."""
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(sorted({describe_error(member) for member in error.exceptions}))
    inner = _unwrap(error)
    if isinstance(inner, exc.TimeoutError):
        return "no free connection in the pool"
    state = _sqlstate(inner)
    return type(inner).__name__ + (f" {state}" if state else "")


def _unwrap(error: BaseException) -> BaseException:
    """Return the driver's or Python's error inside SQLAlchemy's StatementError, else the error."""
    if isinstance(error, exc.StatementError) and error.orig is not None:
        # SQLAlchemy's asyncpg adapter raises an error of its own `from` the driver's.
        return error.orig.__cause__ or error.orig
    return error


def _sqlstate(error: BaseException) -> str | None:
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def _origin_of_state(state: str) -> Origin:
    if state[:2] in _RECORD_CLASSES:
        return Origin.RECORD
    return Origin.OPERATION if state[:2] in _OPERATION_CLASSES else Origin.DEFECT
