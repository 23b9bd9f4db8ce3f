"""A cursor belongs to its list."""

from fastapi import FastAPI
from httpx import AsyncClient

from opsdesk_testing.cursors import check_lists


async def test_every_list_refuses_the_cursor_of_another(app: FastAPI, anna: AsyncClient) -> None:
    ticket = {"customer": "acme", "title": "Nothing works", "description": "Since this morning."}
    opened = await anna.post("/v1/tickets", json=ticket)
    lists = await check_lists(app, {"customer": "acme", "ticket": opened.json()["key"]})
    assert "/v1/tickets/{ticket}/messages" in lists
