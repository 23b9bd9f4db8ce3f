"""The lines that a page of docs/integrate says to run, and running them."""

import asyncio
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

DOCS: Final = Path(__file__).parents[4] / "docs" / "integrate"
_BLOCK: Final = re.compile(r"^```sh ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TIMEOUT_S: Final = 60


class Block(NamedTuple):
    """A block of shell lines; `name` stands behind its ```sh, the page's own where none does."""

    name: str
    script: str


def blocks(page: str) -> list[Block]:
    """Return the blocks of a page, in their order."""
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    return [Block(name or page, script) for name, script in _BLOCK.findall(text)]


async def run_script(script: str, environment: Mapping[str, str]) -> str:
    """Run shell lines; they end with the first that fails. Returns what they print.

    Raises AssertionError with everything they said where they fail.
    """
    process = await asyncio.create_subprocess_exec(
        *("sh", "-euc", script),
        env={**os.environ, "no_proxy": "*", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
    assert process.returncode == 0, (out + err).decode()
    return out.decode()
