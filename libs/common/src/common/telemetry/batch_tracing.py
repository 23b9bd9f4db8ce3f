"""Traces of what is worked on together: each of a batch continues its own trace, and so does what it causes.

Events of one poll, and deadlines that fall due together, are handled by one call. A trace that ended there
would end under load, which is when it is wanted. So each has a span of its own, as long as the batch; the batch
has one in a trace of its own, linked to them; and what is announced continues the trace of the one that it is
about, by the record key or the id of its subject.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from contextvars import ContextVar
from typing import NamedTuple, Self

from opentelemetry.sdk.trace import Span
from opentelemetry.trace import SpanKind

from common.telemetry.trace_context import TraceContext, read_foreign
from common.telemetry.tracing import (
    begin_span,
    continued,
    current_traceparent,
    end_span,
    is_recorded,
    span,
)

_NONE: Mapping[str, str] = {}
_batch: ContextVar[Mapping[str, str]] = ContextVar("batch", default=_NONE)


class Cause(NamedTuple):
    """One of a batch: the record key of an event or the id of a deadline's subject, and its context."""

    name: str
    traceparent: str | None


def traceparent_of(*names: str | None) -> str | None:
    """Return the context of the first of these that is in the present batch, else the present one."""
    batch = _batch.get()
    if batch:
        for name in names:
            if name is not None and (found := batch.get(name)):
                return found
    return current_traceparent()


def within_trace_of(name: str) -> AbstractContextManager[None]:
    """Work on one of the present batch alone: its trace is the present one meanwhile."""
    found = _batch.get().get(name)
    return nullcontext() if found is None else continued(found)


class batch_span:
    """`with batch_span("sla TicketOpened", causes): …`. One cause alone is simply continued."""

    def __init__(
        self, name: str, causes: Sequence[Cause], kind: SpanKind = SpanKind.CONSUMER
    ) -> None:
        self._name = name
        self._causes = causes
        self._kind = kind
        self._spans: list[Span] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        if len(self._causes) == 1:
            alone = span(self._name, self._causes[0].traceparent, kind=self._kind)
            self._stack.enter_context(alone)
            return self
        known = [
            (name, found) for name, one in self._causes if one and (found := read_foreign(one))
        ]
        links = [here for _, one in known if is_recorded(here := str(one))]
        self._stack.enter_context(span(f"{self._name} batch", kind=self._kind, links=links))
        token = _batch.set({name: self._begin(one) for name, one in known})
        self._stack.callback(_batch.reset, token)
        return self

    def _begin(self, context: TraceContext) -> str:
        """Begin the span of one of the batch. Returns the context for what it causes."""
        if not is_recorded(str(context)):
            return str(context)
        started, here = begin_span(self._name, context, self._kind)
        if started is not None:
            started.set_attribute("messaging.batch.message_count", len(self._causes))
            self._spans.append(started)
        return here

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        for one in self._spans:
            end_span(one, kind)
        self._stack.__exit__(kind, error, None)
