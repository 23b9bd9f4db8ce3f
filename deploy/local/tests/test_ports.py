"""Ports: claimed before they are used, the same at each start, and held by the right process."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsdesk_local.errors import LocalRunError
from opsdesk_local.port_book import PortBook
from opsdesk_local.ports import (
    accepts_connections,
    claim_port,
    free_port,
    release_port,
    unclaimed_port,
)
from opsdesk_local.processes import Child, spawn
from opsdesk_local.waiting import wait_until

CLAIM = """
import sys
from opsdesk_local.ports import claim_port
print("here", flush=True)
sys.stdin.readline()
print(claim_port(int(sys.argv[1])), flush=True)
sys.stdin.readline()
"""
USUAL = {"kafka": 1, "sla": 2}


@pytest.fixture
def unclaimed() -> int:
    """A free port that nobody has claimed."""
    return unclaimed_port()


def serve_http(port: int, folder: Path) -> Child:
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    child = spawn(command, name="server", folder=folder, log=folder / "log")
    wait_until(lambda: accepts_connections(port), 20, "the server")
    return child


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Child, int]]:
    port = free_port()
    child = serve_http(port, tmp_path)
    yield child, port
    child.kill()


def test_of_processes_that_want_a_port_at_the_same_instant_one_gets_it(unclaimed: int) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM, str(unclaimed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdout
        process.stdout.readline()
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    results = [process.stdout.readline().strip() for process in processes if process.stdout]
    for process in processes:
        process.communicate("\n")
    assert sorted(results) == 5 * ["False"] + ["True"]
    assert claim_port(unclaimed), "the kernel gives it back when its process has ended"


def test_a_port_that_another_program_has_is_not_claimed(unclaimed: int) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", unclaimed))
        other.listen()
        assert not claim_port(unclaimed)


def test_a_child_listens_on_a_claimed_port(server: tuple[Child, int]) -> None:
    child, port = server
    assert child.listens_on(port)


def test_an_answer_of_another_process_is_not_taken_for_the_childs(
    server: tuple[Child, int], tmp_path: Path
) -> None:
    _, port = server
    ours = spawn(["sleep", "60"], name="ours", folder=tmp_path, log=tmp_path / "ours.log")
    assert accepts_connections(port)
    assert not ours.listens_on(port)
    ours.kill()


def test_ports_are_the_same_at_the_next_start(tmp_path: Path, unclaimed: int) -> None:
    """Also where the first start had to move."""
    assert claim_port(unclaimed)
    first = PortBook(tmp_path, {"sla": unclaimed})
    port = first.claim("sla")
    assert port != unclaimed
    assert first.moved == [f"Port {unclaimed} is taken: sla listens on {port} instead."]
    release_port(port)
    release_port(unclaimed)
    again = PortBook(tmp_path, {"sla": unclaimed})
    assert again.claim("sla") == port
    assert again.moved == []


def test_a_setting_fixes_a_port(tmp_path: Path, unclaimed: int) -> None:
    book = PortBook(tmp_path, USUAL, f" sla={unclaimed},")
    assert book.claim("sla") == unclaimed


def test_a_fixed_port_that_somebody_has_ends_the_start(tmp_path: Path, unclaimed: int) -> None:
    assert claim_port(unclaimed)
    with pytest.raises(LocalRunError, match=f"gives port {unclaimed} to sla, but another program"):
        PortBook(tmp_path, USUAL, f"sla={unclaimed}").claim("sla")


@pytest.mark.parametrize(
    "setting", ["nope=7", "sla", "sla=x", "sla=0", "sla=70000", "sla=5,kafka=5"]
)
def test_a_wrong_setting_ends_the_start(tmp_path: Path, setting: str) -> None:
    with pytest.raises(LocalRunError, match="OPSDESK_PORTS"):
        PortBook(tmp_path, USUAL, setting)


def test_the_claim_is_not_handed_to_children(tmp_path: Path, unclaimed: int) -> None:
    """Else a child that outlives us would keep the port."""
    assert claim_port(unclaimed)
    child = spawn(["sleep", "60"], name="child", folder=tmp_path, log=tmp_path / "log")
    wait_until(lambda: (Path("/proc") / str(child.pid) / "comm").read_text() == "sleep\n", 10, "it")
    sockets = [
        target
        for entry in (Path("/proc") / str(child.pid) / "fd").iterdir()
        if (target := os.readlink(entry)).startswith("socket:")
    ]
    child.kill()
    assert sockets == []
