"""docs/deploy.md, walked: each service on its own, from the wheels of a release, on a PostgreSQL, a Kafka, a mail server
and an identity provider that were given. Nothing of the development set-up is installed where the services run.

What is printed is how long each service took, from its installation until it said ready.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from opsdesk_local.release import read_version
from tests.deployment.conftest import ROOT
from tests.deployment.deployed import Deployed, new_key
from tests.deployment.given import CONSOLE, Given, given_surroundings
from tests.deployment.tls_proxy import ByName, ends_tls
from tests.faults.agreements import CUSTOMER, create_agreement, create_customer
from tests.faults.conftest import speaker

pytestmark = pytest.mark.programs

PATIENCE_S: Final = 120
"""Seconds for what passes through Kafka on a busy machine."""
LAST_RESORT: Final = "on-duty@meridian.example"
BEHIND_THE_PROXY: Final = {
    "OPSDESK_INTAKE_URL": "intake",
    "OPSDESK_SLA_URL": "sla",
    "OPSDESK_ESCALATION_URL": "escalation",
    "OPSDESK_DELIVERY_GATE_URL": "delivery-gate",
}


@pytest.fixture
async def given() -> AsyncIterator[Given]:
    async with given_surroundings() as surroundings:
        yield surroundings


async def test_the_page_is_walked_from_intake_alone_to_all_five(
    built: Path, given: Given, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    version, say = read_version(ROOT), speaker(request)
    deployed: dict[str, Deployed] = {}

    async def deploy(name: str, **more: str) -> Deployed:
        began = time.monotonic()
        one = deployed[name] = Deployed(name, given, tmp_path / name)
        await asyncio.to_thread(one.install, built, version)
        one.more = more | {secret: one.secret(secret, new_key()) for secret in KEYS.get(name, ())}
        await asyncio.to_thread(walk, one)
        say(f"walk: {name} is ready after {time.monotonic() - began:.0f} s")
        return one

    try:
        intake = await deploy("intake", **mail(given))
        tickets = Tickets(intake.running.url, given)
        await create_customer(intake.running.url, tickets.token)
        assert (await tickets.open("major"))["state"] == "new"

        sla = await deploy("sla")
        await create_agreement(sla.running.url, tickets.token)
        promised = await tickets.open("major")
        path = f"{sla.running.url}/v1/tickets/{promised['key']}/clocks"
        await until(lambda: tickets.has_items(path), "clocks of a ticket")

        await deploy(
            "escalation",
            **mail(given),
            OPSDESK_FALLBACK_EMAIL=LAST_RESORT,
            OPSDESK_PUBLIC_URL="https://escalation.meridian.example",
            OPSDESK_SLA_URL="https://sla.meridian.example",
        )
        await tickets.open("critical")  # its first answer is promised within seconds

        async def somebody_was_paged() -> bool:
            return any(LAST_RESORT in str(one["To"]) for one in given.mailbox.messages)

        await until(somebody_was_paged, "a mail to the last resort")

        gate = await deploy("delivery-gate")
        product = {"key": "billing", "name": "Billing"}
        made = await tickets.post(f"{gate.running.url}/v1/products", product, "pavel", "po")
        assert made["key"] == "billing"

        async with AsyncExitStack() as proxies:
            ports = {
                name: await proxies.enter_async_context(
                    ends_tls(given.certificate("localhost"), deployed[name].running.port)
                )
                for name in BEHIND_THE_PROXY.values()
            }
            urls = {
                setting: f"https://localhost:{ports[name]}"
                for setting, name in BEHIND_THE_PROXY.items()
            }
            console = await deploy("console", **urls, OPSDESK_CONSOLE_URL=f"https://{CONSOLE}")
            port = await proxies.enter_async_context(
                ends_tls(given.certificate(CONSOLE), console.running.port)
            )
            await look_at_the_console(given, port, promised)

        for name in ("intake", "sla", "delivery-gate"):
            await asyncio.to_thread(deployed[name].command, "announce")
        for one in deployed.values():
            assert "0 wrong" in await asyncio.to_thread(one.command, "doctor")
        lines = [line for page in RUNBOOKS for line in KAFKA_LINE.findall(page.read_text("utf-8"))]
        assert len(lines) >= 4
        printed = [await asyncio.to_thread(given.administer_kafka, line) for line in lines]
        assert any("opsdesk.sla" in one and "CONSUMER-ID" in one for one in printed)
    finally:
        for one in deployed.values():
            if one.process:
                await asyncio.to_thread(one.process.kill)


RUNBOOKS: Final = sorted((ROOT / "docs/runbooks").glob("*.md"))
KAFKA_LINE: Final = re.compile(r"^ *(kafka-[a-z-]+\.sh .*)$", re.MULTILINE)
KEYS: Final = {
    "escalation": ("OPSDESK_ACK_KEYS_FILE",),
    "console": ("OPSDESK_SESSION_KEYS_FILE",),
}


def walk(one: Deployed) -> None:
    """The five steps of docs/deploy.md."""
    # Before anything is there, each is named in a sentence, and nobody sees a traceback.
    before = one.command("doctor", fails=True, OPSDESK_HTTPS_CA_FILE="")
    assert "Traceback" not in before
    assert "wrong   database" in before
    assert "of an authority that is not trusted, see OPSDESK_HTTPS_CA_FILE" in before

    planned = one.administer_database("plan")
    assert f"would make: the role opsdesk_{one.module}_owner" in planned
    one.administer_database("apply")
    left = one.administer_database("plan").splitlines()
    assert [line for line in left if "(set each time)" not in line] == []

    if one.name == "intake":
        one.grant("administrator")
    one.grant("service")
    one.administer_topics("plan")
    one.administer_topics("apply")
    assert "nothing to do, all its topics are there" in one.administer_topics("plan")

    assert "schema from nothing to" in one.command("migrate")
    assert f"{one.name}: 0 wrong" in one.command("doctor")
    one.serve()


def mail(given: Given) -> dict[str, str]:
    """What the page's settings of mail need here beside them: the authority of this mail server."""
    return {"OPSDESK_SMTP_CA_FILE": str(given.authority.file)}


class Tickets:
    """Tickets by intake's API, for somebody with a token of the identity provider."""

    def __init__(self, intake: str, given: Given) -> None:
        self._intake, self._given = intake, given

    def token(self, sub: str, *roles: str) -> str:
        return self._given.issuer.issue(sub, roles=roles).token

    async def open(self, priority: str) -> dict[str, Any]:
        wanted = {
            "kind": "incident",
            "title": f"Nothing prints ({priority})",
            "description": "Since this morning.",
            "customer": CUSTOMER,
            "priority": priority,
        }
        return await self.post(f"{self._intake}/v1/tickets", wanted, "anna", "ops")

    async def post(self, url: str, body: dict[str, Any], sub: str, role: str) -> dict[str, Any]:
        async with httpx.AsyncClient(timeout=20) as client:
            headers = {"Authorization": f"Bearer {self.token(sub, role)}"}
            answer = await client.post(url, json=body, headers=headers)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def has_items(self, url: str) -> bool:
        async with httpx.AsyncClient(timeout=20) as client:
            headers = {"Authorization": f"Bearer {self.token('anna', 'ops')}"}
            answer = await client.get(url, headers=headers)
        return answer.is_success and bool(answer.json()["items"])


async def until(condition: Callable[[], Any], what: str) -> None:
    """Wait for what passes through Kafka."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if await condition():
                    return
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"after {PATIENCE_S} s there is no {what}") from None


async def look_at_the_console(given: Given, port: int, ticket: dict[str, Any]) -> None:
    """Sign in by the identity provider as a browser would, through the proxy, and look at a ticket."""
    by_name = ByName({CONSOLE: port}, given.authority.file)
    async with httpx.AsyncClient(
        transport=by_name, follow_redirects=True, timeout=30, base_url=f"https://{CONSOLE}"
    ) as browser:
        who = await browser.get("/")
        assert str(who.url).startswith(f"{given.issuer.issuer}/authorize?"), who.text
        asked = {**dict(who.url.params), "person": "anna"}
        signed_in = await browser.get(who.url.join("/choose"), params=asked)
        assert (signed_in.status_code, signed_in.url.host) == (200, CONSOLE), signed_in.text
        assert "Anna" in signed_in.text
        page = await browser.get(f"/tickets/{ticket['key']}")
        assert page.status_code == 200
        assert "Nothing prints (major)" in page.text
