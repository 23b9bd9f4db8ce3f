"""Steps with marked words: chats, forms, templates and articles."""

from fastapi import FastAPI
from httpx import AsyncClient

from intake_support.marked_words import OF_ACME, STAFF
from opsdesk_testing.audience_marks import Marks
from opsdesk_testing.client import client

ON = "POST /v1/tickets/{ticket}"


async def chat_and_publish_forms(app: FastAPI, anna: AsyncClient, marks: Marks) -> None:
    """A chat of nobody known waits for triage; forms are for those who bought their service."""
    line = {"speaker": "customer", "at": "2030-01-07T08:00:00Z"}
    line["text"] = marks.word("POST /v1/chats text", STAFF)
    chat = {"source": "website", "id": "1", "title": "Down", "messages": [line]}
    assert (await anna.post("/v1/chats", json=chat)).is_success
    form = {"title": "Access", "service": "billing", "schema": {"type": "object", "properties": {}}}
    async with client(app, "theo", roles=["tom"]) as theo:
        for path, key in (("", {"key": "access"}), ("/{form}/versions", {})):
            words = {
                "description": marks.word(f"POST /v1/request-forms{path} description", OF_ACME)
            }
            url = f"/v1/request-forms{path.format(form='access')}"
            answer = await theo.post(url, json=form | key | words)
            assert answer.is_success, answer.text


async def write_for_everybody(
    anna: AsyncClient, omar: AsyncClient, jan: AsyncClient, marks: Marks
) -> None:
    """Templates and articles, of which customers read what was published for them."""
    text = {"text": marks.word("PUT /v1/message-templates/{template}/{language} text", STAFF)}
    written = await anna.put("/v1/message-templates/odd/en", json={"description": "Odd"} | text)
    assert written.is_success, written.text
    checked = {"text": marks.word("POST /v1/messages/check text", STAFF), "ticket": "OPS-1001"}
    assert (await anna.post("/v1/messages/check", json=checked)).is_success
    values = {"contact": marks.word(f"{ON}/messages/draft values", STAFF)}
    drafted = await anna.post(
        "/v1/tickets/OPS-1001/messages/draft", json={"template": "update", "values": values}
    )
    assert drafted.is_success, drafted.text
    article = {"title": "Down again", "language": "en"}
    article["body"] = marks.word("POST /v1/articles body", STAFF)
    assert (await anna.post("/v1/articles", json=article)).is_success
    version = {
        "title": "Down",
        "body": marks.word("POST /v1/articles/{article}/versions body", STAFF),
    }
    assert (await anna.post("/v1/articles/KB-1/versions", json=version)).is_success
    shared = article | {"body": "Restart it.", "audience": "customer"}
    assert (await anna.post("/v1/articles", json=shared)).is_success
    assert (await omar.post("/v1/articles/KB-2/publish", json={"version": 1})).is_success
    comment = marks.word("POST /v1/articles/{article}/feedback comment", OF_ACME)
    rated = {"helpful": True, "comment": comment}
    assert (await jan.post("/v1/articles/KB-2/feedback", json=rated)).is_success
    reason = {"reason": marks.word("POST /v1/articles/{article}/retire reason", STAFF)}
    assert (await anna.post("/v1/articles/KB-1/retire", json=reason)).is_success
