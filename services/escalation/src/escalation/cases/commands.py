"""The last half of every edge: store what came to be, write down whom to tell, arm, announce.

The caller holds the case's lock. Order of locks: case, notifications, deadlines.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from common.events.escalations import audience_topic
from common.messaging import outbox
from common.messaging.outbox import OutboxEvent
from common.persistence.database import Connection, transaction_time
from common.scheduling.deadlines import Deadline, schedule
from escalation.cases import events as case_events
from escalation.cases import store as cases
from escalation.cases.domain import timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.cases.domain.timeline import TimelineEvent
from escalation.directory import store as directory
from escalation.notifications import store as notifications
from escalation.notifications.domain.notification import Purpose, plan_notifications
from escalation.policies import store as policy_store
from escalation.policies.domain.recipients import Roster

STEP, ACKNOWLEDGEMENT, SNOOZE, NOTIFICATION = "step", "acknowledgement", "snooze", "notification"
"""Kinds of deadlines. A case has one of the first three armed, as its status says."""

_DEADLINE_KIND_BY_STATUS = {"open": STEP, "acknowledged": ACKNOWLEDGEMENT, "snoozed": SNOOZE}

_PURPOSE_BY_EVENT: dict[type[TimelineEvent], Purpose] = {
    timeline.StepFired: "page",
    timeline.Exhausted: "exhausted",
    timeline.Informed: "duty",
}


async def load_roster(tx: Connection) -> Roster:
    """Who can be told now, and the rotas as they are now (E3)."""
    rotas = {key: rota for key, (rota, _) in (await policy_store.list_rotas(tx)).items()}
    return Roster(rotas, await directory.list_roles(tx))


async def apply_outcome(tx: Connection, case: Case, outcome: Outcome) -> Case:
    """Store an outcome and all that follows from it; answers the case as it is then."""
    state, events = outcome
    if state.policy_id != case.policy.id:
        case = replace(case, policy=await policy_store.get_policy(tx, state.policy_id))
    after = await _append_events(tx, replace(case, state=state), events)
    await schedule(tx, _deadlines(after))
    return after


async def append_event(
    tx: Connection, case: Case, make_event: Callable[[datetime], TimelineEvent]
) -> Case:
    """Add to a case's timeline what does not change the case."""
    return await _append_events(tx, case, (make_event(await transaction_time(tx)),))


async def _append_events(tx: Connection, case: Case, events: Sequence[TimelineEvent]) -> Case:
    numbered = list(enumerate(events, case.sequence + 1))
    case = replace(case, sequence=case.sequence + len(events))
    await cases.save(tx, case)
    await cases.add_entries(
        tx, case.id, [case_events.to_timeline_entry(told, n) for n, told in numbered]
    )
    for number, event in numbered:
        await _notify(tx, case, event, number)
    topics = tuple(audience_topic(audience) for audience in case.audiences)
    outbox_events = [
        OutboxEvent(case_events.to_event(case, told), n, topics) for n, told in numbered
    ]
    await outbox.publish(tx, *outbox_events)
    return case


def _deadlines(case: Case) -> list[Deadline]:
    armed = _DEADLINE_KIND_BY_STATUS.get(case.state.status)
    return [
        Deadline(kind, case.id, case.state.due_at if kind == armed else None)
        for kind in _DEADLINE_KIND_BY_STATUS.values()
    ]


async def _notify(tx: Connection, case: Case, event: TimelineEvent, number: int) -> None:
    """What a fact means for notifications: some tell, some stop what is pending (E5, E7, E14)."""
    if isinstance(event, timeline.Acknowledged):
        await _cancel_notifications(
            tx, case, event.by if case.policy.acknowledge == "each" else None
        )
    elif isinstance(event, timeline.Resolved | timeline.Snoozed | timeline.PolicyChanged):
        await _cancel_notifications(tx, case, None)
    if isinstance(event, timeline.Withdrawn) or (
        isinstance(event, timeline.Resolved) and event.withdrawn
    ):
        people = await notifications.list_reached_people(tx, case.id)
        await create_notifications(tx, case, number, "all_clear", people, event.at)
    if isinstance(event, timeline.StepFired | timeline.Exhausted | timeline.Informed):
        await create_notifications(
            tx, case, number, _PURPOSE_BY_EVENT[type(event)], event.people, event.at
        )


async def create_notifications(
    tx: Connection, case: Case, number: int, purpose: Purpose, people: Sequence[str], at: datetime
) -> None:
    """Write the notifications of one entry of the timeline; personal delays are armed."""
    people_by_sub = await directory.load_people(tx, set(people))
    messages = plan_notifications(case.id, str(number), purpose, people, people_by_sub, at)
    await notifications.add(tx, messages)
    waiting = [m for m in messages if m.state == "waiting"]
    await schedule(tx, [Deadline(NOTIFICATION, m.id, m.send_at) for m in waiting])


async def _cancel_notifications(tx: Connection, case: Case, person: str | None) -> None:
    gone = await notifications.cancel(tx, case.id, person)
    await schedule(tx, [Deadline(NOTIFICATION, id, None) for id in gone])
