"""A clock that starts later than its ticket hears all that came before (C6). Pure.

Until then nothing was promised: it starts with a target of none, so that what is promised now
applies to all the time counted, and no warning or breach is dated back.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import Input, Timetables
from sla.clocks.domain.fold import step
from sla.clocks.domain.ticket_clock import Change, Handed, begun_behind, instead


def begun_late(
    id: UUID,
    handed: Handed,
    metric: Metric,
    since: datetime,
    earlier: Iterable[Input],
    promised: Input,
    tables: Timetables,
) -> tuple[Change, Input]:
    """The new clock with all that it has heard, and the input that opened it at `since`.

    `promised` brings the terms, `earlier` is what the ticket's clocks have heard before, in order.
    """
    assert promised.terms is not None
    nothing = replace(promised.terms, target=None)
    opened = Input(1, "opened", since, promised.known_at, nothing)
    begun = begun_behind(id, handed, metric, opened, tables)
    clock, inputs = begun.clock, []
    for one in (*earlier, promised):
        after = step(clock, one, tables)
        if after != clock:  # what changes nothing is not worth an input
            inputs.append(one)
        clock = after
    return instead(Change(begun, (), None), inputs, tables), opened
