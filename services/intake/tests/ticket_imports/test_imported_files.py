"""Files that an export only names are brought after the tickets; what is missing can be seen until then."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from intake_support.tickets import act
from opsdesk_testing.client import client

FILES = "/v1/imports/files"
JIRA_CSV = (
    "Issue key,Issue Type,Summary,Status,Created,Reporter,Attachment,Attachment\n"
    "SD-1,Incident,Printer on fire,Closed,2026-01-05 09:00,jan@acme.example,"
    "2026-01-05 09:01;jan;fire.png;https://jira.acme.example/secure/attachment/10/fire.png,"
    "2026-01-05 09:02;jan;a;b.txt;https://jira.acme.example/secure/attachment/11/a;b.txt\n"
)
ZENDESK = {
    "id": 7,
    "subject": "Down",
    "created_at": "2026-01-05T09:00:00Z",
    "status": "open",
    "requester": {"email": "jan@acme.example"},
    "comments": [
        {
            "plain_body": "See the file",
            "public": True,
            "created_at": "2026-01-05T09:00:00Z",
            "attachments": [
                {"file_name": "log.txt", "content_url": "https://z.example/token/abc?name=log.txt"}
            ],
        },
        {
            "plain_body": "Ours",
            "public": False,
            "created_at": "2026-01-05T09:10:00Z",
            "attachments": [{"file_name": "notes.txt"}],
        },
    ],
}
SERVICENOW = {
    "number": "INC0010023",
    "short_description": "Slow",
    "opened_at": "2026-01-05 09:00:00",
    "state": "Closed",
    "caller_id": {"email": "jan@acme.example"},
    "attachments": [{"file_name": "trace.zip", "download_link": "https://x.example/sys/1/file"}],
}


@pytest.fixture
async def theo(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    async with client(app, "theo", roles=["tom"]) as theo:
        yield theo


async def send(theo: AsyncClient, source: str, export: Any, **params: Any) -> dict[str, Any]:
    path, query = "/v1/imports/tickets", {"source": source} | params
    if isinstance(export, str):
        csv = {"Content-Type": "text/csv"}
        answer = await theo.post(path, params=query, content=export, headers=csv)
    else:
        answer = await theo.post(path, params=query, json=[export])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def missing(theo: AsyncClient, **params: Any) -> list[dict[str, Any]]:
    answer = await theo.get(FILES, params={"missing": True} | params)
    return list(answer.json()["items"])


async def take(theo: AsyncClient, file: dict[str, Any], content: bytes = b"words") -> Response:
    uploaded = await theo.post(
        f"/v1/tickets/{file['ticket']}/attachments",
        params={"name": file["name"]},
        content=content,
        headers={"Content-Type": "application/octet-stream"},
    )
    assert uploaded.status_code == 201, uploaded.text
    return await theo.post(f"{FILES}/{file['id']}/take", json={"upload": uploaded.json()["id"]})


async def test_what_each_export_names_is_listed_as_missing(theo: AsyncClient) -> None:
    assert (await send(theo, "jira", JIRA_CSV))["files"] == 2
    assert (await send(theo, "zendesk", ZENDESK))["files"] == 2
    assert (await send(theo, "servicenow", SERVICENOW))["files"] == 1
    found = [(one["external_id"], one["name"], one["is_public"]) for one in await missing(theo)]
    assert found == [
        ("SD-1", "fire.png", False),
        ("SD-1", "a;b.txt", False),
        ("7", "log.txt", True),
        ("7", "notes.txt", False),
        ("INC0010023", "trace.zip", False),
    ]
    (one,) = await missing(theo, source="servicenow")
    assert one["url"] == "https://x.example/sys/1/file"


async def test_a_file_is_brought_once_and_nobody_gets_it_by_mail(
    theo: AsyncClient, anna: AsyncClient, jan: AsyncClient
) -> None:
    await send(theo, "zendesk", ZENDESK)
    public, internal = await missing(theo)
    for file in (public, internal):
        assert (await take(theo, file)).json()["taken_by"] == "theo"
    assert await missing(theo) == []
    again = await take(theo, public)
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_TAKEN")
    path = f"/v1/tickets/{public['ticket']}/messages"
    for who, names in ((anna, ["log.txt", "notes.txt"]), (jan, ["log.txt"])):
        shown = (await who.get(path)).json()["items"]
        assert [file["name"] for one in shown for file in one["attachments"]] == names
    brought = [one for one in (await anna.get(path)).json()["items"] if one["attachments"]]
    assert {one["automatic"] for one in brought} == {True}


async def test_the_same_export_again_names_nothing_anew(theo: AsyncClient) -> None:
    """Nor does one that is only tried."""
    assert (await send(theo, "jira", JIRA_CSV, dry_run=True))["files"] == 2
    assert await missing(theo) == []
    await send(theo, "jira", JIRA_CSV)
    assert (await send(theo, "jira", JIRA_CSV))["files"] == 0
    assert len(await missing(theo)) == 2


async def test_only_an_own_upload_for_that_ticket_is_taken(
    theo: AsyncClient, anna: AsyncClient
) -> None:
    await send(theo, "servicenow", SERVICENOW)
    (file,) = await missing(theo)
    upload = await anna.post("/v1/attachments", params={"name": "x"}, content=b"x")
    refused = await theo.post(f"{FILES}/{file['id']}/take", json={"upload": upload.json()["id"]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_reference")
    assert (await missing(theo))[0]["id"] == file["id"]
    assert (await act(anna, file["ticket"], "replies", text="x")).status_code == 201
    assert (await anna.get(FILES)).status_code == 403
