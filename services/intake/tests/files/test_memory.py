"""A file of 25 MiB passes through in pieces: at most 10 MiB of memory more, in and out."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from intake.files.domain.upload import MAX_FILE_BYTES
from intake_support.tickets import open_ticket
from opsdesk_testing.tokens import token

MIB = 1024 * 1024
MAX_EXTRA_MIB = 10
PIECE = bytes(range(256)) * 256
PIECES = MAX_FILE_BYTES // len(PIECE)


async def test_a_large_file_is_never_whole_in_memory(app: FastAPI, anna: AsyncClient) -> None:
    key = await open_ticket(anna)
    await anna.post("/v1/attachments", params={"name": "warm-up"}, content=PIECE)
    before = _reset_peak()
    answer = await anna.post("/v1/attachments", params={"name": "dump"}, content=_pieces())
    assert answer.status_code == 201, answer.text
    assert answer.json()["size"] == MAX_FILE_BYTES
    received = _peak() - before
    body = {"text": "The dump.", "attachments": [answer.json()["id"]]}
    message = (await anna.post(f"/v1/tickets/{key}/replies", json=body)).json()
    before = _reset_peak()
    size = await _download(app, f"/v1/tickets/{key}/messages/{message['id']}/attachments/0")
    sent = _peak() - before
    assert size == MAX_FILE_BYTES
    assert max(received, sent) <= MAX_EXTRA_MIB * MIB, f"{received / MIB:.1f}, {sent / MIB:.1f} MiB"


async def _pieces() -> AsyncIterator[bytes]:
    for _ in range(PIECES):
        yield PIECE


async def _download(app: FastAPI, path: str) -> int:
    """The bytes that arrive, counted and dropped: httpx's own transport keeps them all."""
    size = 0

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the client stays, and says nothing more
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal size
        size += len(message.get("body", b""))

    headers = [(b"host", b"test"), (b"authorization", f"Bearer {token('anna')}".encode())]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }
    await app(scope, receive, send)
    return size


def _reset_peak() -> int:
    """Let the kernel measure the highest use of memory anew. What is used now, in bytes."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _peak() -> int:
    return _memory("VmHWM")


def _memory(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024
