"""A cursor belongs to its list."""

from fastapi import FastAPI

from opsdesk_testing.cursors import check_lists


async def test_every_list_refuses_the_cursor_of_another(app: FastAPI) -> None:
    assert "/v1/rotas" in await check_lists(app, {})
