"""Agreement versions that follow later versions of their calendars (A6)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, update

from common.persistence.database import Connection
from sla.agreements.domain.agreement import FormerCalendar
from sla.agreements.store import terms_json
from sla.agreements.store.agreements import BINDING_STATES
from sla.agreements.store.version_rows import (
    AgreementVersion,
    select_named_versions,
    version_from_row,
)
from sla.agreements.tables import agreement_versions as versions
from sla.agreements.tables import agreements


async def list_followers(tx: Connection) -> list[AgreementVersion]:
    """The binding versions that follow their calendars, of agreements that have not ended, by agreement."""
    follows = versions.c.state.in_(BINDING_STATES) & agreements.c.ended_at.is_(None)
    is_pinned = versions.c.promises["pinned"].as_boolean()
    query = select_named_versions().where(follows, is_pinned.is_(False))
    rows = await tx.execute(query.order_by(versions.c.agreement_id, versions.c.version))
    return [version_from_row(row) for row in rows]


async def get_plain_calendars(tx: Connection, ids: Sequence[UUID]) -> dict[UUID, dict[str, UUID]]:
    """The calendars that versions name or follow, without extensions, by priority ("": all others)."""
    columns = versions.c.id, versions.c.promises, versions.c.followed
    rows = await tx.execute(select(*columns).where(versions.c.id.in_(ids)))
    plain = {}
    for row in rows:
        terms = terms_json.load_terms(row.promises, row.followed)
        plain[row.id] = {"": terms["calendar"], **terms["calendars"]}
    return plain


async def save_followed(
    tx: Connection,
    version_id: UUID,
    followed: Mapping[str, UUID],
    former: Sequence[FormerCalendar],
) -> None:
    """Store the calendars that a version follows now, without extensions, and those of before."""
    values = {
        "followed": {priority: str(id) for priority, id in followed.items()},
        "coverage": None,
        "calendar_history": terms_json.dump_former_calendars(former),
    }
    await tx.execute(update(versions).where(versions.c.id == version_id).values(values))
