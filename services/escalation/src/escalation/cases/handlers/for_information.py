"""Tell people of something that they must know or do, without paging anybody."""

from collections.abc import Collection, Sequence

from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import notify_only
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT
from escalation.policies.domain.trigger import Trigger


async def inform(
    tx: Connection,
    trigger: Trigger,
    *,
    people: Sequence[str] = (),
    roles: Collection[str] = (),
    without: Collection[str | None] = (),
    is_over: bool = False,
) -> None:
    """Tell the people named and those with one of the roles, `without` those who know already.

    Where nobody is left the fallback contact is told, and the timeline says why. `is_over`: nothing is
    left to do, the case is resolved at once; else it stays open until its cause ends.
    """
    roles_by_sub = await directory.list_roles(tx)
    with_role = sorted(sub for sub, held in roles_by_sub.items() if held & {*roles})
    named = [sub for sub in people if sub in roles_by_sub]
    readers = [sub for sub in dict.fromkeys((*named, *with_role)) if sub not in without]
    note = trigger.title if readers else f"{trigger.title} ({_why_nobody(people, roles)})"
    await notify_only(tx, trigger, readers or [FALLBACK_CONTACT], note)
    if is_over:
        await resolve_cases(tx, {trigger.dedup_key: "for information"})


def _why_nobody(people: Sequence[str], roles: Collection[str]) -> str:
    wanted = ", ".join((*people, *(f"role {role}" for role in sorted(roles))))
    return f"the fallback contact is told, since nobody else is there: {wanted}"
