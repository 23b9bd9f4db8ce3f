"""Alert rules, dashboards and runbooks name what there is: metrics, pages, commands, tables."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram
from typer.main import get_command

from common.audit import sealer as audit_sealer
from common.docgen.dashboards import dashboards
from common.http.health import NEEDED_BY_REQUESTS
from common.persistence.database import Database
from common.telemetry import metrics
from opsdesk_local.roles import at_database
from sla.evidence import fact_sealing
from tests.deployment.more_alert_cases import BORN

ROOT = Path(__file__).parents[2]
RUNBOOKS = sorted((ROOT / "docs/runbooks").glob("*.md"))
PAGES = [*RUNBOOKS, ROOT / "docs/deploy.md", ROOT / "docs/operations.md"]
RULES = [
    rule
    for path in sorted((ROOT / "deploy/alerts").glob("*.yml"))
    for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
PLACEHOLDER = "https://opsdesk.invalid/docs"
BACKUPS = [path for path in (ROOT / "deploy/backup").iterdir() if path.is_file()]
"""Write metrics for node_exporter."""
MODULES = ("intake", "sla", "escalation", "delivery_gate", "console")
COMMON_PARTS = ("relay", "consumer", "deadlines", "sealer", "clock")
LOOKED_AT = re.compile(r'psql service=opsdesk -XAtc "([^"]+)"')
"""What a line of cron asks."""
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def metric_names() -> set[str]:
    """All names on the wire: of a histogram its three series."""
    names: set[str] = set()
    for metric in vars(metrics).values():
        if isinstance(metric, Counter):
            names.add(f"{metric._name}_total")
        elif isinstance(metric, Gauge):
            names.add(metric._name)
        elif isinstance(metric, Histogram):
            names |= {f"{metric._name}_{end}" for end in ("bucket", "count", "sum")}
    for program in BACKUPS:
        names |= set(re.findall(r"\bopsdesk_backup_\w+_seconds\b", program.read_text("utf-8")))
    return names


def named_metrics(text: str) -> set[str]:
    return set(re.findall(r"\bopsdesk_[a-z_]+(?=[{\[ )>]|$)", text))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_an_alert_says_how_urgent_it_is_and_where_to_read_on(alert: dict[str, Any]) -> None:
    annotations = alert["annotations"]
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert set(annotations) == {"summary", "action", "runbook_url"}
    assert annotations["runbook_url"].startswith(f"{PLACEHOLDER}/runbooks/")
    page = ROOT / "docs" / annotations["runbook_url"].removeprefix(f"{PLACEHOLDER}/")
    assert page in RUNBOOKS
    document = "security-events" if alert["alert"] not in page.read_text() else alert["alert"]
    assert document in page.read_text(encoding="utf-8"), "the page says for which alerts it is"


def test_the_line_that_fills_in_the_address_of_the_runbooks_fills_in_all(tmp_path: Path) -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^(sed -i .*) /etc/prometheus/opsdesk/\*\.yml$", page, re.MULTILINE)
    copies = [tmp_path / path.name for path in (ROOT / "deploy/alerts").glob("*.yml")]
    for copy in copies:
        copy.write_text((ROOT / "deploy/alerts" / copy.name).read_text(encoding="utf-8"))
    subprocess.run([*shlex.split(line), *map(str, copies)], check=True)
    rules = [
        rule
        for copy in copies
        for group in yaml.safe_load(copy.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ]
    links = [rule["annotations"]["runbook_url"] for rule in rules if "alert" in rule]
    assert len(links) == len(ALERTS)
    assert all(link.startswith("https://git.example.com/") for link in links)
    assert {link.rpartition("/")[2] for link in links} <= {page.name for page in RUNBOOKS}


def test_the_page_about_seals_looks_for_the_locks_that_sealers_take() -> None:
    page = (ROOT / "docs/runbooks/sealing-stopped.md").read_text(encoding="utf-8")
    assert f"IN ({audit_sealer.SEALER_LOCK_ID}, {fact_sealing.SEALER_LOCK_ID})" in page


def test_each_part_that_may_have_trouble_has_a_line_in_its_runbook() -> None:
    """Those that every service has, and those of one service alone."""
    page = (ROOT / "docs/runbooks/degraded.md").read_text(encoding="utf-8")
    services = [import_module(f"{module}.app").SERVICE for module in MODULES]
    own = {name for one in services for name in (*one.components, *one.request_components)}
    assert {"evidence", "linked_tickets", "reads"} <= own
    for part in (*own, *NEEDED_BY_REQUESTS - {"draining"}, *COMMON_PARTS):
        assert f"`{part}`" in page, part


def test_alerts_have_names_of_their_own() -> None:
    names = [alert["alert"] for alert in ALERTS]
    assert len(set(names)) == len(names) >= 30


def test_rules_name_metrics_that_there_are() -> None:
    for rule in RULES:
        assert named_metrics(rule["expr"]) <= metric_names(), rule
    recorded = {rule["record"] for rule in RULES if "record" in rule}
    used = {name for rule in RULES for name in re.findall(r"opsdesk:[a-z_]+:\w+", rule["expr"])}
    assert used == recorded


def test_an_alert_on_what_a_counter_has_gained_is_tried_with_a_counter_that_begins() -> None:
    """increase() of a counter's first value is nothing: a rule must see that otherwise."""
    gained = {rule["alert"] for rule in ALERTS if "increase(opsdesk_" in rule["expr"]}
    assert "OpsDeskContactsExported" in gained
    assert gained <= {case.alert for case in BORN}
    for rule in ALERTS:
        if rule["alert"] in gained:
            assert " unless last_over_time(" in rule["expr"].replace("\n", " "), rule["alert"]


def test_dashboards_name_metrics_that_there_are() -> None:
    written = {path.name: path for path in (ROOT / "deploy/dashboards").glob("*.json")}
    assert written.keys() == dashboards().keys()
    for path in written.values():
        panels = json.loads(path.read_text(encoding="utf-8"))["panels"]
        queries = [target["expr"] for panel in panels for target in panel["targets"]]
        assert len(queries) > 8
        for query in queries:
            assert named_metrics(query), query
            assert named_metrics(query) <= metric_names(), query


def test_the_list_of_runbooks_is_whole() -> None:
    index = (ROOT / "docs/runbooks/README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\((\w[\w-]*\.md)\)", index)) == {
        page.name for page in RUNBOOKS if page.name != "README.md"
    }


def commands(text: str, program: str) -> Iterator[list[str]]:
    """The words behind a program's name on each line of code."""
    for _, block in BLOCK.findall(text):
        for line in block.splitlines():
            if line.strip().startswith(program):
                yield line.strip().removeprefix(program).split()


def check(command: Any, words: list[str]) -> None:
    """Follow the words through groups of commands, and look up every option."""
    for word in words:
        known = getattr(command, "commands", {})
        if known and not word.startswith("-"):
            assert word in known, f"{command.name} has no command {word}"
            command = known[word]
        elif word.startswith("--"):
            options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
            assert word.partition("=")[0] in options, f"{command.name} has no option {word}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_on_a_page_are_commands_that_there_are(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for module in MODULES:
        found = get_command(import_module(f"{module}.__main__").app)
        for words in commands(text, f"python -m {module} "):
            check(found, words)
    found = get_command(import_module("opsdesk.__main__").app)
    for words in commands(text, "opsdesk "):
        check(found, words)


@pytest.fixture
def schema() -> str:
    return "intake"


async def test_every_query_on_a_page_can_be_asked(database: Database, servers: Any) -> None:
    """All services have these tables: what is written for one of them holds for intake. They are asked as an administrator."""
    admin = await asyncpg.connect(at_database(servers.admin_url, urlsplit(database.url).path[1:]))
    asked = 0
    try:
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            blocks = [block for kind, block in BLOCK.findall(text) if kind == "sql"]
            for query in [*blocks, *LOOKED_AT.findall(text)]:
                await admin.fetch(re.sub(r"\b(sla|escalation)\.", "intake.", query))
                asked += 1
    finally:
        await admin.close()
    assert asked >= 13
