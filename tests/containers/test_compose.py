"""The compose stack comes up from nothing, healthy, and everything that the README promises works in it."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from opsdesk_local.ports import unclaimed_port

pytestmark = pytest.mark.containers

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "sla", "escalation", "delivery-gate", "console")
PORTS = (*SERVICES, "sign-in", "kafka", "postgres", "mail")
TOUR = re.compile(r"^    (opsdesk (?!demo).*?)(?:\s+#.*)?$", re.MULTILINE)


def compose(environment: Mapping[str, str], *words: str, seconds: float = 900) -> str:
    """Run docker compose on the test's project; return what it printed."""
    command = ["docker", "compose", "--project-name", "opsdesk-test", *words]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), timeout=seconds, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    print(done.stdout)  # noqa: T201 - shown where the test fails
    assert done.returncode == 0, f"docker compose {' '.join(words)} failed"
    return done.stdout


def opsdesk(stack: Mapping[str, str], *words: str) -> str:
    """Run the command line in its container, as the README says."""
    return compose(stack, "exec", "-T", "opsdesk", *words, seconds=300)


@pytest.fixture(scope="module")
def stack() -> Iterator[Mapping[str, str]]:
    """The environment of a running stack, on ports of its own, from `up` on as the README says it."""
    names = {f"OPSDESK_{name.upper().replace('-', '_')}_PORT": name for name in PORTS}
    environment = os.environ | {name: str(unclaimed_port()) for name in names}
    compose(environment, "build")
    try:
        compose(environment, "up", "--wait", "--wait-timeout", "600")
        yield environment
    finally:
        compose(environment, "logs", "--tail", "30", *SERVICES)
        compose(environment, "down", "--volumes", "--timeout", "10")


def test_j1_plays_against_the_compose_stack(stack: Mapping[str, str]) -> None:
    """J1: a customer writes an e-mail; in containers as on the bare machine."""
    opsdesk(stack, "opsdesk", "demo", "J1")


def test_the_tour_is_played_word_for_word(stack: Mapping[str, str]) -> None:
    lines = TOUR.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(lines) >= 8
    for line in lines:
        opsdesk(stack, "sh", "-ec", line)
    assert "Invoices are not sent" in opsdesk(stack, "opsdesk", "queue")


def test_somebody_signs_in_at_the_console(stack: Mapping[str, str]) -> None:
    """Through the page "Who are you?", as a browser would: the container asks, the browser is led."""
    console = f"http://127.0.0.1:{stack['OPSDESK_CONSOLE_PORT']}"
    with httpx.Client(follow_redirects=True, timeout=30) as browser:
        who = browser.get(console)
        assert who.url.port == int(stack["OPSDESK_SIGN_IN_PORT"])
        query = dict(who.url.params)
        signed_in = browser.get(who.url.join("/choose"), params={**query, "person": "anna"})
        assert (signed_in.status_code, signed_in.url.port) == (
            200,
            int(stack["OPSDESK_CONSOLE_PORT"]),
        )
        assert "Anna" in signed_in.text


@pytest.mark.parametrize("service", SERVICES)
def test_the_doctor_finds_nothing_wrong(stack: Mapping[str, str], service: str) -> None:
    output = compose(stack, "run", "--rm", "--no-deps", "-T", service, "doctor", seconds=120)
    assert f"{service}: 0 wrong" in output


@pytest.mark.parametrize("service", SERVICES)
def test_setting_up_again_changes_nothing(stack: Mapping[str, str], service: str) -> None:
    command = "service database plan; service topics plan"
    output = compose(stack, "run", "--rm", "--no-deps", "-T", f"{service}-set-up", command)
    planned = [line for line in output.splitlines() if "would" in line]
    assert [line for line in planned if "(set each time)" not in line] == []
    assert f"{service}: nothing to do, all its topics are there" in output
