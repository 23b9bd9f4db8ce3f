"""A third-party OpenID provider as a program beside the test."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from console_support.issuer import CLIENT
from opsdesk_local import open_state
from opsdesk_local.oidc_provider import oidc_provider

SCRIPT: Final = Path(__file__).with_name("provider.mjs")
SECRET: Final = "a secret that the provider and the console share"
STARTED_S: Final = 30.0
ENDED_S: Final = 10.0


@asynccontextmanager
async def running_provider(console: str, algorithm: str) -> AsyncIterator[str]:
    """Run a provider that knows the console at this origin as its client. Yields the issuer."""
    program = await asyncio.to_thread(lambda: oidc_provider(open_state()))
    config = {
        "algorithm": algorithm,
        "console": console,
        "client_id": CLIENT,
        "client_secret": SECRET,
    }
    process = await asyncio.create_subprocess_exec(
        program.node,
        str(SCRIPT),
        str(program.module),
        json.dumps(config),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(STARTED_S):
            issuer = (await process.stdout.readline()).decode().strip()
        assert issuer, "it ended at once: see above"
        yield issuer
    finally:
        process.stdin.close()  # the end of its input ends it, also when this process is killed
        async with asyncio.timeout(ENDED_S):
            await process.wait()
