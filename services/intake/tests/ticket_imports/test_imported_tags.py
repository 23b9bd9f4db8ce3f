"""Tags of another system are tags here, as far as a tag can have them; what was changed is said."""

import json
from typing import Any

import pytest

from common.http.fields import MAX_TAGS
from intake.ticket_imports.domain import imported
from intake.ticket_imports.export_parsing import read

ISSUE: dict[str, Any] = {
    "key": "SD-1",
    "fields": {"created": "2026-01-05T09:15:00Z", "status": "Done"},
}
TICKET: dict[str, Any] = {"id": 7, "created_at": "2026-01-05T09:15:00Z", "status": "closed"}


def jira(labels: Any) -> Any:
    fields = ISSUE["fields"] | {"labels": labels}
    return _read([ISSUE | {"fields": fields}], "jira")


def zendesk(tags: Any) -> Any:
    return _read([TICKET | {"tags": tags}], "zendesk")


def _read(records: Any, source: Any) -> Any:
    (found,) = read(json.dumps(records).encode(), source, "UTC")
    assert found.ticket is not None
    return found.ticket


def test_labels_and_tags_are_tags() -> None:
    assert jira(["network", "vpn"]).tags == ("network", "vpn")
    assert zendesk(["vip", "vip", "billing"]).tags == ("billing", "vip")


def test_csv_has_all_tags_in_a_column_or_a_column_for_each() -> None:
    view = b"Id,Created,Status,Tags\n7,2026-01-05 09:15,closed,vip billing\n"
    issues = b"Issue key,Created,Status,Labels,Labels\nSD-1,2026-01-05 09:15,Done,network,vpn\n"
    cases: list[tuple[bytes, Any, str]] = [
        (view, "zendesk", "billing vip"),
        (issues, "jira", "network vpn"),
    ]
    for data, source, tags in cases:
        (found,) = read(data, source, "UTC")
        assert found.ticket is not None
        assert found.ticket.tags == tuple(tags.split())


@pytest.mark.parametrize(
    ("word", "tag"),
    [("VPN", "vpn"), ("v1.2", "v1-2"), ("größe", "gr-e"), ("_x_", "x"), ("x" * 60, "x" * 40)],
)
def test_what_a_tag_cannot_have_is_left_out_and_that_is_said(word: str, tag: str) -> None:
    ticket = jira([word])
    assert ticket.tags == (tag,)
    remark = f"tag {word!r} was taken as {tag}"
    assert list(ticket.remarks) == ([] if word.lower() == tag else [remark])


def test_a_word_of_which_nothing_is_left_is_said() -> None:
    ticket = zendesk(["緊急", "ok"])
    assert (ticket.tags, ticket.remarks) == (("ok",), ("tag '緊急' was left out",))


def test_more_tags_than_a_ticket_has_are_cut_and_that_is_said() -> None:
    ticket = zendesk([f"t{number:02}" for number in range(25)])
    assert len(ticket.tags) == MAX_TAGS == imported.MAX_TAGS
    assert ticket.remarks == ("of 25 tags the first 20 were taken",)
