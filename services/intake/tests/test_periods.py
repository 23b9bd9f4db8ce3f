"""Whatever has a beginning and an end is refused where the end is not later, and the end is named."""

import pytest
from httpx import AsyncClient, Response

START = "2030-01-09T09:00:00Z"
NOT_LATER = (START, "2030-01-09T08:00:00Z", "2030-01-09T10:00:00+01:00")
"""The same instant, an earlier one, and the same one as another zone writes it."""


@pytest.mark.parametrize("end", NOT_LATER)
async def test_a_window_of_the_queue_ends_after_it_starts(anna: AsyncClient, end: str) -> None:
    query = {"due_from": START, "due_before": end}
    assert _pointers(await anna.get("/v1/queue", params=query)) == ["/query/due_before"]


@pytest.mark.parametrize("end", NOT_LATER)
async def test_so_does_that_of_a_saved_view(anna: AsyncClient, end: str) -> None:
    view = {"name": "Tomorrow", "query": {"due_from": START, "due_before": end}}
    assert _pointers(await anna.post("/v1/views", json=view)) == ["/query/due_before"]
    good = {"name": "Tomorrow", "query": {"due_from": START}}
    saved = await anna.post("/v1/views", json=good)
    assert saved.status_code == 201, saved.text
    changed = await anna.put(f"/v1/views/{saved.json()['id']}", json=view)
    assert _pointers(changed) == ["/query/due_before"]


async def test_access_is_asked_for_until_a_day_to_come(anna: AsyncClient) -> None:
    access = {
        "environment": "acme-prod",
        "person": "omar",
        "resource": "database",
        "level": "read",
        "reason": "To look for the lost orders",
        "until": "2030-01-06",
    }
    assert _pointers(await anna.post("/v1/access-requests", json=access)) == ["/until"]


def _pointers(answer: Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [one["pointer"] for one in answer.json()["errors"]]
