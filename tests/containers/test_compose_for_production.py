"""deploy/compose, as its README says it: certificates for a trial, secrets, set-up, start, a backup and the way back.

In a copy of the folder, with images of this tree. There is no mail server here, which `doctor` says.
"""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from common.auth.local_issuer import LocalIssuer
from opsdesk_local.ports import unclaimed_port
from opsdesk_local.release.build import build_images
from tests.deployment.tls_proxy import ByName

pytestmark = pytest.mark.containers

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "sla", "escalation", "delivery-gate", "console")
DOMAIN, RELEASE, ISSUER = "opsdesk.example.com", "0.0.0", "https://id.example.com"
NETWORK = {"SUBNET": "172.30.49.0/24", "PROXY_ADDRESS": "172.30.49.10"}
PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Desk:
    """A copy of deploy/compose that runs, on a port of its own."""

    folder: Path
    environment: Mapping[str, str]
    port: int
    issuer: LocalIssuer

    def run(self, *line: str, seconds: float = 900) -> str:
        done = subprocess.run(
            line, cwd=self.folder, env=dict(self.environment), timeout=seconds, check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        print(done.stdout)  # noqa: T201 - shown where the test fails
        assert done.returncode == 0, f"{' '.join(line)} failed"
        return done.stdout

    def compose(self, *words: str) -> str:
        files = ("--env-file", "../docker/images.env", "--env-file", ".env")
        return self.run("docker", "compose", *files, *words)

    def ask(self) -> httpx.AsyncClient:
        """A caller who comes to the proxy, with a token of Theo's."""
        names = {f"{service}.{DOMAIN}": self.port for service in SERVICES}
        token = self.issuer.issue("theo", roles=("tom", "ops")).token
        return httpx.AsyncClient(
            transport=ByName(names, self.folder / "tls/ca.pem"),
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("production")
    for name in ("compose", "backup", "docker"):
        shutil.copytree(ROOT / "deploy" / name, folder / name)
    issuer = LocalIssuer(folder / "issuer", ISSUER)
    port = unclaimed_port()
    build_images(folder, RELEASE, any_base=True)
    given = {
        "RELEASE": RELEASE, "DOMAIN": DOMAIN, "BACKUPS": f"{folder}/backups", "ISSUER": ISSUER, "JWKS_URL": "/etc/jwks.json",
        "SMTP_SERVER": f"mail.{DOMAIN}:587", "MAIL_FROM": f"support@{DOMAIN}", "FALLBACK_EMAIL": f"on-duty@{DOMAIN}",
        "PROVIDER_NAME": "Meridian Software", "HTTPS_PORT": str(port), "KAFKA_CLUSTER_ID": "5L6g3nShT-eMCtK--X86sw", **NETWORK,
    }  # fmt: skip
    lines = [f"{name}={value}\n" for name, value in given.items()]
    (folder / "compose/.env").write_text("".join(lines))
    # The keys of an identity provider that is not there: a file, in place of its address.
    keys = [f"{issuer.jwks_path}:/etc/jwks.json:ro"]
    more = {"services": {service: {"volumes": keys} for service in SERVICES}}
    (folder / "keys.yaml").write_text(yaml.safe_dump(more))
    environment = {
        **os.environ,
        "COMPOSE_PROJECT_NAME": "opsdesk-production-test",
        "COMPOSE_FILE": f"compose.yaml:{folder}/keys.yaml",
    }
    made = Desk(folder / "compose", environment, port, issuer)
    try:
        made.run("./trial-certificates", DOMAIN)
        made.run("./secrets")
        made.run("./set-up")
        made.compose("up", "--detach", "--wait", "--wait-timeout", "600")
        yield made
    finally:
        made.compose("logs", "--tail", "30")
        made.compose("--profile", "set-up", "down", "--volumes", "--timeout", "20")


@pytest.fixture
async def caller(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with desk.ask() as client:
        yield client


async def post(caller: httpx.AsyncClient, service: str, path: str, body: Any) -> dict[str, Any]:
    answer = await caller.post(f"https://{service}.{DOMAIN}{path}", json=body)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def open_ticket(caller: httpx.AsyncClient, title: str) -> str:
    words = {"title": title, "description": "x", "customer": "acme", "priority": "major"}
    return str((await post(caller, "intake", "/v1/tickets", {"kind": "incident", **words}))["key"])


async def test_a_ticket_comes_in_by_the_proxy_and_is_heard_by_sla(
    caller: httpx.AsyncClient,
) -> None:
    customer = {"key": "acme", "name": "Acme", "timezone": "UTC", "language": "en"}
    await post(caller, "intake", "/v1/customers", customer)
    key = await open_ticket(caller, "Nothing prints")
    assert key.startswith("OPS-")
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await caller.get(f"https://sla.{DOMAIN}/v1/tickets/{key}/clocks")
            if answer.status_code == 200:
                break
            assert answer.status_code == 404, answer.text
            await asyncio.sleep(0.5)


async def test_the_console_is_there_and_another_name_is_nobody(caller: httpx.AsyncClient) -> None:
    console = f"https://console.{DOMAIN}/"
    assert (await caller.get(console)).status_code == 303
    assert (await caller.get(console, headers={"Host": "unknown.example.com"})).status_code == 404


@pytest.mark.parametrize("service", SERVICES)
def test_the_doctor_misses_the_mail_server_alone(desk: Desk, service: str) -> None:
    sends_mail = service in {"intake", "escalation"}
    code = "|| true" if sends_mail else ""
    command = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "sh", service, "-c")
    output = desk.compose(*command, f"service doctor {code}")
    wrong = [line for line in output.splitlines() if line.startswith("wrong")]
    assert [line.split()[1] for line in wrong] == (["mail:"] if sends_mail else [])


def test_what_runs_has_the_limits_that_the_file_gives(desk: Desk) -> None:
    ids = desk.compose("ps", "--quiet").split()
    assert len(ids) == 9
    for one in json.loads(desk.run("docker", "inspect", *ids)):
        host = one["HostConfig"]
        assert host["ReadonlyRootfs"] is True
        assert host["Memory"] > 0
        assert host["NanoCpus"] > 0
        assert one["State"]["Health"]["Status"] == "healthy"
        published = [port for port, where in one["NetworkSettings"]["Ports"].items() if where]
        assert published == (["8443/tcp"] if "proxy" in one["Name"] else [])
        assert not [line for line in one["Config"]["Env"] if "://" in line and "@" in line]


async def test_one_service_goes_back_to_an_instant_while_the_others_run(
    desk: Desk, caller: httpx.AsyncClient
) -> None:
    """The commands of the README, word for word."""
    desk.compose("exec", "-T", "backup", "bash", "/opt/opsdesk/compose/backup", "now")
    earlier = await open_ticket(caller, "Before the instant")
    line = ("exec", "-T", "postgres", "date", "-u", "+%Y-%m-%d %H:%M:%S+00", "-d", "1 second")
    instant = desk.compose(*line).strip().splitlines()[-1]
    await asyncio.sleep(2)  # the instant is a whole second, and lies between the two tickets
    lost = await open_ticket(caller, "After the instant")
    desk.compose("stop", "intake")
    words = ("restore-schema", "intake", instant, "/backups", "/backups/wal", "/backups")
    assert "done." in desk.compose("run", "--rm", "-T", "backup", *words)
    desk.compose("run", "--rm", "-T", "intake-set-up", "service migrate")
    desk.compose("run", "--rm", "--no-deps", "-T", "intake", "restored")
    desk.compose("up", "--detach", "--wait", "intake")
    found = [
        (await caller.get(f"https://intake.{DOMAIN}/v1/tickets/{key}")).status_code
        for key in (earlier, lost)
    ]
    assert found == [200, 404]
    assert (await open_ticket(caller, "And it goes on")).startswith("OPS-")
