"""A machine that sends chats."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from opsdesk_testing.client import client


@pytest.fixture
async def chatbot(app: FastAPI, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    async with client(app, "chatbot", scope="chats:write", roles=[]) as chatbot:
        yield chatbot
