"""People of the demo company beside those whom every test finds."""

from collections.abc import Mapping
from typing import Final

from httpx import AsyncClient

ROLES: Final[Mapping[str, str]] = {"dana": "dm", "dora": "dm", "pavel": "po", "paula": "po"}


async def add_people(anna: AsyncClient) -> None:
    """Register two delivery managers and two product owners."""
    for sub, role in ROLES.items():
        body = {"sub": sub, "name": sub, "email": f"{sub}@ours.example", "roles": [role]}
        answer = await anna.post("/v1/people", json=body)
        assert answer.status_code == 201, answer.text
