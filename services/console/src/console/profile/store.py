"""Every query about profiles."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from console.profile.tables import profiles


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person has chosen; None: as the browser and the issuer say."""

    language: str | None = None
    zone: str | None = None
    single_keys: bool = True
    after_finishing: str = "stay"


async def find(tx: Connection, sub: str) -> Profile:
    """Return the profile of a person, the defaults where they have chosen nothing."""
    row = (await tx.execute(select(profiles).where(profiles.c.sub == sub))).one_or_none()
    if row is None:
        return Profile()
    return Profile(row.language, row.zone, row.single_keys, row.after_finishing)


async def save(tx: Connection, sub: str, profile: Profile, at: datetime) -> None:
    values = asdict(profile) | {"changed_at": at}
    saved = insert(profiles).values(sub=sub, **values)
    await tx.execute(saved.on_conflict_do_update(index_elements=[profiles.c.sub], set_=values))
