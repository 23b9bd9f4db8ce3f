"""docs/runbooks/drills.md: each fault has an alert that there is, its page, and promtool's case; what is typed fits the trial installation."""

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from typer.main import get_command

from tests.deployment.alert_cases import CASES
from tests.drills.page import PAGE, Drill, drills

from .test_monitoring import ALERTS, PLACEHOLDER
from .test_typed_commands import lines_of_code, parse

ROOT: Final = Path(__file__).parents[2]
STACK: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
BESIDE: Final[dict[str, Any]] = yaml.safe_load(
    (ROOT / "deploy/drills/compose.yaml").read_text("utf-8")
)
PROMETHEUS: Final[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/drills/prometheus.yaml").read_text("utf-8"))  # fmt: skip
RULES: Final = {alert["alert"]: alert for alert in ALERTS}
TOPICS: Final = (ROOT / "docs/topics.md").read_text(encoding="utf-8")
OPSDESK: Final = get_command(import_module("opsdesk.__main__").app)
COMMANDS: Final = {"exec", "pause", "unpause", "stop", "start", "restart", "run", "up"}


DRILLS: Final = list(drills())


def test_there_are_twelve_different_ones() -> None:
    assert [drill.number for drill in DRILLS] == list(range(1, 13))
    assert len({drill.alert for drill in DRILLS}) == 12
    assert len({drill.page for drill in DRILLS}) >= 11


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: str(drill.title))
def test_the_alert_leads_to_the_page_that_finds_it(drill: Drill) -> None:
    assert (
        RULES[drill.alert]["annotations"]["runbook_url"] == f"{PLACEHOLDER}/runbooks/{drill.page}"
    )
    assert drill.quoted in (ROOT / "docs/runbooks" / drill.page).read_text(encoding="utf-8")
    assert drill.alert in {case.alert for case in CASES}, "promtool raises it on such series"
    for other in re.findall(r"`(OpsDesk\w+)`", PAGE):
        assert other in RULES


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: str(drill.title))
def test_what_causes_it_and_ends_it_can_be_typed(drill: Drill) -> None:
    """Services of docker-compose.yml, commands of `opsdesk`, and topics and tables that there are."""
    assert drill.causes
    assert set(drill.causes) <= set(lines_of_code(PAGE))
    for line in [*drill.causes, *re.findall(r"`(drill [^`]+)`", drill.undo)]:
        for found in re.finditer(r"\bdrill (.*?)(?=; done|\)$|$)", line):
            command, *words = shlex.split(found[1])
            assert command in COMMANDS
            assert next(word for word in words if not word.startswith("-")) in STACK["services"]
            if command == "exec" and words[:2] == ["opsdesk", "opsdesk"]:
                parse(OPSDESK, words[2:])
        for topic in re.findall(r"opsdesk\.[a-z]+(?= |$|\")", line):
            assert f"\n## {topic}\n" in TOPICS
        for schema, table in re.findall(r"\b(?:TABLE|FROM) (intake|sla)\.(\w+)", line):
            sql = (ROOT / f"services/{schema}/src/{schema}/schema.sql").read_text(encoding="utf-8")
            assert f"CREATE TABLE {table} (" in sql


def test_every_service_is_watched_by_the_rules_about_services() -> None:
    [job] = PROMETHEUS["scrape_configs"]
    watched = {one["labels"]["service"]: one["targets"] for one in job["static_configs"]}
    ours = {"intake", "sla", "escalation", "delivery-gate", "console"}
    assert watched == {name: [f"{name}:9000"] for name in ours}
    assert job["job_name"] == "opsdesk", "OpsDeskReplicaDown goes by it"
    for name in ours:
        assert BESIDE["services"][name] == {"environment": {"OPSDESK_MANAGEMENT_HOST": "0.0.0.0"}}
    files = [Path(path).name for path in PROMETHEUS["rule_files"]]
    assert all((ROOT / "deploy/alerts" / name).exists() for name in files)
    loaded = [mount.split(":")[0] for mount in BESIDE["services"]["prometheus"]["volumes"]]
    assert all((ROOT / path).exists() for path in loaded)
