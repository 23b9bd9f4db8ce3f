"""Every alert is raised by what it is for, and by nothing else: asked of promtool, as Prometheus would judge it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from opsdesk_local import open_state
from opsdesk_local.promtool import promtool
from tests.deployment.alert_cases import ALSO_RAISED, AT_A_START, CASES, QUIET, Case

pytestmark = pytest.mark.programs

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "deploy/alerts").glob("*.yml"))
ALERTS = {
    rule["alert"]: rule
    for path in FILES
    for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
    if "alert" in rule
}


@pytest.fixture(scope="session")
def program() -> Path:
    return promtool(open_state())


def run(program: Path, *words: str) -> str:
    done = subprocess.run(
        [program, *words], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rules_are_well_formed(program: Path) -> None:
    run(program, "check", "rules", *map(str, FILES))


def test_every_alert_has_a_case() -> None:
    assert [case.alert for case in CASES] == list(dict.fromkeys(case.alert for case in CASES))
    assert {case.alert for case in CASES} == set(ALERTS)


def test_nothing_is_raised_while_all_is_well(program: Path, tmp_path: Path) -> None:
    run(program, "test", "rules", write(tmp_path, [judged("quiet", QUIET, 380, None)]))


@pytest.mark.parametrize(
    "case",
    [*CASES, AT_A_START],
    ids=[*(case.alert for case in CASES), "OpsDeskRecordsMissed-at-a-start"],
)
def test_an_alert_is_raised_by_what_it_is_for_and_no_other_is(
    program: Path, tmp_path: Path, case: Case
) -> None:
    run(
        program,
        "test",
        "rules",
        write(tmp_path, [judged(case.alert, QUIET | case.series, case.at, case)]),
    )


def judged(name: str, series: dict[str, str], at: int, case: Case | None) -> dict[str, Any]:
    """Return one of promtool's tests: `case` is raised at that minute, all other alerts are not."""
    silent = set(ALERTS) - ({case.alert} | ALSO_RAISED.get(case.alert, set()) if case else set())
    expected = [
        {"eval_time": f"{at}m", "alertname": one, "exp_alerts": []} for one in sorted(silent)
    ]
    if case:
        rule = ALERTS[case.alert]
        raised = {
            "exp_labels": {**case.labels, "severity": rule["labels"]["severity"]},
            "exp_annotations": rule["annotations"],
        }
        expected.append({"eval_time": f"{at}m", "alertname": case.alert, "exp_alerts": [raised]})
    return {
        "name": name,
        "interval": "1m",
        "input_series": [{"series": one, "values": values} for one, values in series.items()],
        "alert_rule_test": expected,
    }


def write(folder: Path, tests: list[dict[str, Any]]) -> str:
    file = folder / "cases.yml"
    document = {"rule_files": list(map(str, FILES)), "evaluation_interval": "1m", "tests": tests}
    file.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML
    return str(file)
