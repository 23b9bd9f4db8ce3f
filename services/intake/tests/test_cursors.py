"""A cursor belongs to its list."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from opsdesk_testing.client import client
from opsdesk_testing.cursors import check_lists


@pytest.mark.thorough
async def test_every_list_refuses_the_cursor_of_another(app: FastAPI, anna: AsyncClient) -> None:
    ticket = {"customer": "acme", "title": "Nothing works", "description": "Since this morning."}
    opened = await anna.post("/v1/tickets", json=ticket)
    article = {"title": "Nothing works", "body": "Restart it.", "language": "en"}
    written = await anna.post("/v1/articles", json=article)
    system = {"key": "acme-zendesk", "kind": "zendesk", "party": "customer", "customer": "acme"}
    system |= {"base_url": "https://acme.example", "webhook_client": "peer-machine"}
    async with client(app, "theo") as theo:
        linked = await theo.post("/v1/linked-systems", json=system)
    names = {"customer": "acme", "ticket": opened.json()["key"]}
    names |= {"article": written.json()["key"], "system": linked.json()["key"]}
    lists = await check_lists(app, names)
    assert "/v1/tickets/{ticket}/messages" in lists
