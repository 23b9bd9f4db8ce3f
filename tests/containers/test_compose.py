"""The compose stack comes up from nothing, healthy, and plays the first journey."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsdesk_local.ports import unclaimed_port

pytestmark = pytest.mark.containers

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "sla", "escalation", "delivery-gate")


def compose(environment: dict[str, str], *words: str, seconds: float = 900) -> None:
    command = ["docker", "compose", "--project-name", "opsdesk-test", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, timeout=seconds, check=False)
    assert done.returncode == 0, f"docker compose {' '.join(words)} failed"


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a running stack, on ports of its own."""
    mail, issuer = tmp_path / "mail", tmp_path / "issuer"
    mail.mkdir()
    mail.chmod(0o777)  # the mail server in its container is another user
    ports = {
        f"OPSDESK_{name.upper().replace('-', '_')}_PORT": unclaimed_port() for name in SERVICES
    }
    kafka = unclaimed_port()
    environment = os.environ | {name: str(port) for name, port in ports.items()}
    environment |= {
        "OPSDESK_KAFKA_PORT": str(kafka),
        "OPSDESK_POSTGRES_PORT": str(unclaimed_port()),
        "OPSDESK_MAIL_PORT": str(unclaimed_port()),
        "OPSDESK_MAIL_DIRECTORY": str(mail),
    }
    compose(environment, "build")
    try:
        compose(environment, "up", "--wait", "--wait-timeout", "300", *SERVICES)
        compose(environment, "cp", "--archive", "prepare:/issuer", str(issuer))
        yield (
            environment
            | {
                name.replace("_PORT", "_URL"): f"http://127.0.0.1:{port}"
                for name, port in ports.items()
            }
            | {
                "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{kafka}",
                "OPSDESK_LOCAL_ISSUER_DIRECTORY": str(issuer),
                "OPSDESK_MAIL_DIRECTORY": str(mail),
            }
        )
    finally:
        compose(environment, "logs", "--tail", "30", *SERVICES)
        compose(environment, "down", "--volumes", "--timeout", "10")


def test_j1_plays_against_the_compose_stack(stack: dict[str, str]) -> None:
    """J1: a customer writes an e-mail; in containers as on the bare machine."""
    opsdesk = [sys.executable, "-m", "opsdesk"]
    for words in (["company", "load"], ["demo", "J1"]):
        done = subprocess.run([*opsdesk, *words], cwd=ROOT, env=stack, timeout=600, check=False)
        assert done.returncode == 0
