"""The fork of a replica, in an interpreter of its own."""

import asyncio
import signal
import sys
from textwrap import dedent

START = """
import os, signal, sys, time
from common.persistence.ids import uuid7
from common.processes.fork import fork

uuid7()
"""


async def run(script: str) -> tuple[int, str]:
    """Run a script behind START. Returns its exit code and what it has written."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        START + dedent(script),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(120):
        out, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode()


async def test_its_exit_code_is_known_and_nothing_of_the_parent_runs_in_it() -> None:
    code, out = await run(
        """
        def child(channel):
            channel.sendall(b"here")
            return 7
        try:
            forked = fork(child)
            print(forked.channel.recv(4).decode(), forked.exit_code())
        finally:
            print("once")
        """
    )
    assert (code, out.split()) == (0, ["here", "7", "once"])


async def test_an_exception_in_it_is_shown() -> None:
    code, out = await run(
        """
        def child(channel):
            raise ValueError("seen")
        print("code", fork(child).exit_code())
        """
    )
    assert code == 0
    assert "ValueError: seen" in out
    assert "code 1" in out


async def test_both_make_ids_of_their_own() -> None:
    """A fork copies the state of random numbers, too."""
    _, out = await run(
        """
        def child(channel):
            channel.sendall(" ".join(str(uuid7())[-12:] for _ in range(1000)).encode() + b".")
            return 0
        forked = fork(child)
        ours = {str(uuid7())[-12:] for _ in range(1000)}
        text = b""
        while not text.endswith(b"."):
            text += forked.channel.recv(65536)
        theirs = set(text.decode().strip(".").split())
        print(len(ours), len(theirs), len(ours & theirs))
        """
    )
    assert out.split() == ["1000", "1000", "0"]


async def test_signals_for_all_processes_are_not_for_it() -> None:
    _, out = await run(
        """
        def child(channel):
            for number in (signal.SIGINT, signal.SIGTERM):
                os.kill(os.getpid(), number)
            channel.sendall(b"alive")
            return 0
        forked = fork(child)
        print(forked.channel.recv(5).decode(), forked.exit_code())
        """
    )
    assert out.split() == ["alive", "0"]


async def test_it_ends_with_its_parent_also_when_it_is_frozen() -> None:
    """The pipe of the output is at its end only when both are gone."""
    code, out = await run(
        """
        def child(channel):
            channel.sendall(b"frozen")
            os.kill(os.getpid(), signal.SIGSTOP)
            time.sleep(600)
            return 0
        forked = fork(child)
        print(forked.channel.recv(6).decode(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    assert (code, out.strip()) == (-signal.SIGKILL, "frozen")
