"""The last half of every edge: store what came to be, write down whom to tell, arm, announce.

The caller holds the case's lock. Order of locks: case, notifications, deadlines.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from common.events.escalations import audience_topic
from common.messaging import outbox
from common.messaging.outbox import Announcement
from common.persistence.database import Connection, moment
from common.scheduling.deadlines import Deadline, arm
from escalation.cases import events as case_events
from escalation.cases import store as cases
from escalation.cases.domain import timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.cases.domain.timeline import Fact
from escalation.directory import store as directory
from escalation.notifications import store as notifications
from escalation.notifications.domain.notification import Purpose, planned
from escalation.policies import store as policy_store
from escalation.policies.domain.recipients import Roster

STEP, ACKNOWLEDGEMENT, SNOOZE, NOTIFICATION = "step", "acknowledgement", "snooze", "notification"
"""Kinds of deadlines. A case has one of the first three armed, as its status says."""

_KIND_WHILE = {"open": STEP, "acknowledged": ACKNOWLEDGEMENT, "snoozed": SNOOZE}

_PURPOSE: dict[type[Fact], Purpose] = {
    timeline.StepFired: "page",
    timeline.Exhausted: "exhausted",
    timeline.Informed: "duty",
}


async def roster(tx: Connection) -> Roster:
    """Who can be told now, and the rotas as they are now (E3)."""
    rotas = {key: rota for key, (rota, _) in (await policy_store.all_rotas(tx)).items()}
    return Roster(rotas, await directory.roles(tx))


async def keep(tx: Connection, case: Case, outcome: Outcome) -> Case:
    """Store an outcome and all that follows from it; answers the case as it is then."""
    state, facts = outcome
    if state.policy_id != case.policy.id:
        case = replace(case, policy=await policy_store.policy(tx, state.policy_id))
    after = await _tell_of(tx, replace(case, state=state), facts)
    await arm(tx, _deadlines(after))
    return after


async def note(tx: Connection, case: Case, told: Callable[[datetime], Fact]) -> Case:
    """Add to a case's timeline what does not change the case."""
    return await _tell_of(tx, case, (told(await moment(tx)),))


async def _tell_of(tx: Connection, case: Case, facts: Sequence[Fact]) -> Case:
    numbered = list(enumerate(facts, case.sequence + 1))
    case = replace(case, sequence=case.sequence + len(facts))
    await cases.save(tx, case)
    await cases.add_entries(tx, case.id, [case_events.entry(told, n) for n, told in numbered])
    for number, told in numbered:
        await _notify(tx, case, told, number)
    also = tuple(audience_topic(audience) for audience in case.audiences)
    announced = [Announcement(case_events.event(case, told), n, also) for n, told in numbered]
    await outbox.announce(tx, *announced)
    return case


def _deadlines(case: Case) -> list[Deadline]:
    armed = _KIND_WHILE.get(case.state.status)
    return [
        Deadline(kind, case.id, case.state.due_at if kind == armed else None)
        for kind in _KIND_WHILE.values()
    ]


async def _notify(tx: Connection, case: Case, told: Fact, number: int) -> None:
    """What a fact means for notifications: some tell, some stop what is pending (E5, E7, E14)."""
    if isinstance(told, timeline.Acknowledged):
        await _cancel(tx, case, told.by if case.policy.acknowledge == "each" else None)
    elif isinstance(told, timeline.Resolved | timeline.Snoozed | timeline.PolicyChanged):
        await _cancel(tx, case, None)
    if isinstance(told, timeline.Withdrawn) or (
        isinstance(told, timeline.Resolved) and told.withdrawn
    ):
        people = await notifications.told(tx, case.id)
        await tell(tx, case, number, "all_clear", people, told.at)
    if isinstance(told, timeline.StepFired | timeline.Exhausted | timeline.Informed):
        await tell(tx, case, number, _PURPOSE[type(told)], told.people, told.at)


async def tell(
    tx: Connection, case: Case, number: int, purpose: Purpose, people: Sequence[str], at: datetime
) -> None:
    """Write the notifications of one entry of the timeline; personal delays are armed."""
    known = await directory.known(tx, set(people))
    messages = planned(case.id, str(number), purpose, people, known, at)
    await notifications.add(tx, messages)
    waiting = [m for m in messages if m.state == "waiting"]
    await arm(tx, [Deadline(NOTIFICATION, m.id, m.send_at) for m in waiting])


async def _cancel(tx: Connection, case: Case, person: str | None) -> None:
    gone = await notifications.cancel(tx, case.id, person)
    await arm(tx, [Deadline(NOTIFICATION, id, None) for id in gone])
