"""What routes need of people: one who can be notified, or the answer that there is none."""

from common.errors import NotFound
from common.persistence.database import Connection
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT, Person


async def get_person(tx: Connection, sub: str) -> Person:
    """The person by `sub`. Raises NotFound."""
    people = await directory.load_people(tx, {sub})
    if sub == FALLBACK_CONTACT or sub not in people:
        raise NotFound("This person")
    return people[sub]
