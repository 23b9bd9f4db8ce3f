"""A clock that starts later than its ticket is fed all earlier inputs (C6). Pure.

Until then nothing was promised: it starts without a target, so that the new promise applies to all
counted time, and no warning or breach is dated back.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import Input, Timetables
from sla.clocks.domain.fold import step
from sla.clocks.domain.ticket_clock import Change, ContractTicket, new_supplier_clock, with_inputs


def new_late_clock(
    id: UUID,
    contract_ticket: ContractTicket,
    metric: Metric,
    since: datetime,
    earlier_inputs: Iterable[Input],
    terms_input: Input,
    tables: Timetables,
) -> tuple[Change, Input]:
    """Return the new clock with all of its inputs, and the input that opened it at `since`.

    `earlier_inputs` are the inputs of the ticket so far, in order; `terms_input` brings the terms.
    """
    assert terms_input.terms is not None
    without_target = replace(terms_input.terms, target=None)
    opening = Input(1, "opened", since, terms_input.known_at, without_target)
    ticket_clock = new_supplier_clock(id, contract_ticket, metric, opening, tables)
    clock, inputs = ticket_clock.clock, []
    for one in (*earlier_inputs, terms_input):
        next_clock = step(clock, one, tables)
        if next_clock != clock:  # inputs without effect are not stored
            inputs.append(one)
        clock = next_clock
    return with_inputs(Change(ticket_clock, (), None), inputs, tables), opening
