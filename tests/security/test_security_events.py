"""One schema for security events: documented, counted, alerted on, and without anybody's words."""

import ast
import re
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from checks.tree import packages
from fastapi import FastAPI
from httpx import AsyncClient

from common.audit import Entry, record
from common.audit.security_actions import SECURITY_ACTIONS, security_kind
from common.http import runtime_of
from common.now import now
from common.persistence.database import Database
from common.telemetry import metrics
from common.telemetry.security_events import (
    DONE,
    LINES_PER_SECOND,
    SECOND_PERSON_CODES,
    Kind,
    LineLimit,
    SecurityEvent,
    report,
)
from intake.app import SERVICE
from intake.settings import IntakeSettings
from intake.tickets.ticket_batcher import TicketBatcher
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.effects import two_person_effects
from opsdesk_testing.second_person import WAITS
from opsdesk_testing.tokens import token

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/security-events.md").read_text(encoding="utf-8")
RULES = yaml.safe_load((ROOT / "deploy/alerts/security.yml").read_text(encoding="utf-8"))
REFUSALS = {"reject": 1, "Unauthenticated": 1, "SignInRequired": 2}
"""What refuses a token, and which of its arguments is the code."""
WORDS = "zebragramophone"


@pytest.fixture
def schema() -> str:
    return "intake"


@pytest.fixture
async def app(database: Database) -> AsyncIterator[FastAPI]:
    app = app_for(SERVICE, database)
    yield app
    await runtime_of(app).resource(TicketBatcher).close()


@pytest.fixture
async def anna(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with client(app, "anna") as anna:
        yield anna


def test_every_kind_reason_and_field_is_documented() -> None:
    table = DOCUMENT.partition("## Kinds")[2]
    documented = set(re.findall(r"^\| `(\w+)` \| (\w+) \|", table, re.MULTILINE))
    assert documented == {(kind, "done" if kind in DONE else "refused") for kind in get_args(Kind)}
    for field in fields(SecurityEvent):
        assert field.name == "kind" or f"`{field.name}`" in DOCUMENT, field.name
    for code in (*SECOND_PERSON_CODES, *SECURITY_ACTIONS, *_reasons_of_refusals()):
        assert f"`{code}`" in table, code


def _reasons_of_refusals() -> set[str]:
    """The codes with which tokens are refused: the second argument, or `reason=`."""
    found = {"no_token", "not_valid"}  # what is said where the call names none
    for path in (ROOT / "libs/common/src/common").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS:
                given = [*node.args[REFUSALS[node.func.id] :], *(k.value for k in node.keywords)]  # type: ignore[attr-defined]  # a name
                found |= {str(one.value) for one in given if isinstance(one, ast.Constant)}
    assert len(found) >= 10
    return found


def test_every_code_that_asks_for_another_person_is_a_security_event() -> None:
    """A rule that is added with a code of this kind must be watched, too."""
    pattern = re.compile(
        r'"((?:SELF|OWN|SAME)_[A-Z_]+|FOUR_EYES|ALREADY_COUNTED|SECOND_PERSON[A-Z_]*)"'
    )
    codes = {
        code
        for package in packages(ROOT)
        for module in package.modules.values()
        for code in pattern.findall(module.path.read_text(encoding="utf-8"))
    }
    assert codes == SECOND_PERSON_CODES
    refused_with = {effect.condition for effect in two_person_effects()}
    assert refused_with - {WAITS} <= SECOND_PERSON_CODES, "as the table of effects says"


def test_every_alert_rule_names_what_there_is() -> None:
    rules = [rule for group in RULES["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= len(get_args(Kind)) - 1
    for rule in rules:
        (metric,) = set(re.findall(r"opsdesk_\w+_total", rule["expr"]))
        assert metric in {
            f"{one._name}_total" for one in (metrics.SECURITY_EVENTS, metrics.HTTP_REQUESTS)
        }
        assert set(re.findall(r'kind="(\w+)"', rule["expr"])) <= set(get_args(Kind))
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert len(rule["annotations"]["action"]) > 40, "what to do first"
    alerted = set(re.findall(r'kind="(\w+)"', str(rules)))
    # What is done by those who may is read, not paged on.
    assert set(get_args(Kind)) - alerted == {"setting_changed", "tokens_revoked"}


async def test_what_is_refused_is_reported_with_who_and_what(
    app: FastAPI, anna: AsyncClient, security_lines: list[dict[str, Any]]
) -> None:
    secret = {"title": WORDS, "description": WORDS}
    async with client(app, "quin") as quin, client(app, None) as nobody:
        await nobody.post("/v1/tickets", json=secret)
        bad = {"Authorization": f"Bearer {token('anna', seconds=-60)}"}
        await nobody.get(f"/v1/tickets?assignee={WORDS}", headers=bad)
        behalf = {"On-Behalf-Of": f"mailto:{WORDS}@acme.example"}
        await anna.get("/v1/tickets", headers=behalf)
        await quin.post(f"/v1/tickets/{WORDS}/resolve", json={"resolution": WORDS})
    found = [
        (one["event"], one["outcome"], one["reason"], one.get("caller"), one.get("permission"))
        for one in security_lines
    ]
    assert found == [
        ("security.authentication_failed", "refused", "no_token", None, None),
        ("security.authentication_failed", "refused", "expired", None, None),
        ("security.authorization_denied", "refused", "forbidden", "anna", None),
        ("security.authorization_denied", "refused", "permission", "quin", "tickets:work"),
    ]
    assert [one.get("address") for one in security_lines] == ["127.0.0.1"] * 2 + [None] * 2
    assert security_lines[-1]["route"] == "/v1/tickets/{ticket}/resolve"
    assert WORDS not in str(security_lines)


async def test_behind_a_trusted_proxy_the_caller_s_own_address_is_reported(
    database: Database, security_lines: list[dict[str, Any]]
) -> None:
    """The proxy's would name everybody who comes through it; whoever is no proxy is not believed."""
    claim = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    for proxies in ("127.0.0.1", "192.0.2.1"):
        settings = settings_for(IntakeSettings, database.url, trusted_proxies=proxies)
        app = app_for(SERVICE, database, settings=settings)
        async with client(app, None) as nobody:
            await nobody.post("/v1/tickets", headers=claim, json={"title": WORDS})
        await runtime_of(app).resource(TicketBatcher).close()
    assert [one["address"] for one in security_lines] == ["198.51.100.7", "127.0.0.1"]


async def test_whoever_decides_alone_is_reported(
    app: FastAPI, anna: AsyncClient, security_lines: list[dict[str, Any]]
) -> None:
    await anna.post("/v1/customers", json={"key": "acme", "name": WORDS})
    opened = await anna.post("/v1/tickets", json={"title": WORDS, "customer": "acme"})
    ticket = f"/v1/tickets/{opened.json()['id']}"
    await anna.post(f"{ticket}/resolve", json={"resolution": WORDS})
    assert (await anna.post(f"{ticket}/verify", json={})).status_code == 403
    (line,) = security_lines
    assert (line["event"], line["reason"], line["caller"], line["route"]) == (
        "security.second_person_required",
        "FOUR_EYES",
        "anna",
        "/v1/tickets/{ticket}/verify",
    )
    assert WORDS not in str(security_lines)


async def test_a_change_of_rights_is_reported_once_it_is_committed(
    anna: AsyncClient, security_lines: list[dict[str, Any]]
) -> None:
    person = {"sub": "mia", "name": WORDS, "email": f"{WORDS}@ours.example", "roles": ["ops"]}
    made = await anna.post("/v1/people", json=person)
    assert made.status_code == 201
    refused = await anna.post("/v1/people", json=person | {"sub": "other"})
    assert refused.status_code == 409
    (line,) = security_lines
    assert (line["event"], line["outcome"], line["reason"], line["subject"]) == (
        "security.role_changed",
        "done",
        "person.add",
        f"person/{made.json()['id']}",
    )
    assert WORDS not in str(security_lines)


async def test_what_is_rolled_back_is_not_reported(
    database: Database, security_lines: list[dict[str, Any]]
) -> None:
    entry = Entry(now(), "theo", "person.add", "person/1", {})

    async def fail_after_the_act() -> None:
        async with database.transaction() as tx:
            await record(tx, entry)
            raise ConnectionError("lost before the commit")

    with pytest.raises(ConnectionError):
        await fail_after_the_act()
    assert security_lines == []
    async with database.transaction() as tx:
        await record(tx, entry)
        assert security_lines == [], "not before it is committed"
    assert [one["caller"] for one in security_lines] == ["theo"]


def test_whatever_happens_to_people_is_a_change_of_rights() -> None:
    assert security_kind("person.retire") == security_kind("contact.anything") == "role_changed"
    assert security_kind("person.settings") == "setting_changed"
    assert security_kind("ticket.open") is None
    assert security_kind("person.confirm.denied") is None, "nothing changed"


def test_every_reported_act_is_one_that_somebody_records() -> None:
    source = "\n".join(
        module.path.read_text(encoding="utf-8")
        for package in packages(ROOT)
        for module in package.modules.values()
        if module.path.name != "security_actions.py"
    )
    assert [act for act in SECURITY_ACTIONS if f'"{act}"' not in source] == []


def test_a_flood_is_counted_and_not_written(security_lines: list[dict[str, Any]]) -> None:
    counter = metrics.SECURITY_EVENTS.labels("limit_exceeded", "flood")
    before = counter._value.get()
    for _ in range(1000):
        report(SecurityEvent("limit_exceeded", "flood"))
    assert counter._value.get() == before + 1000
    assert len(security_lines) <= 3 * LINES_PER_SECOND


def test_what_is_left_out_is_said_by_the_next_line() -> None:
    limit = LineLimit()
    admitted = [limit.admit("a", "b", 7.5) for _ in range(LINES_PER_SECOND + 5)]
    assert admitted == [0] * LINES_PER_SECOND + [None] * 5
    assert limit.admit("a", "other", 7.9) == 0
    assert limit.admit("a", "b", 8.0) == 5
    assert limit.admit("a", "b", 8.1) == 0
