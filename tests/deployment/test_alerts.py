"""Every alert is raised by what it is for, and by nothing else: asked of promtool, as Prometheus would judge it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from opsdesk_local import open_state
from opsdesk_local.promtool import promtool
from tests.deployment.alert_cases import CASES, QUIET, Case
from tests.deployment.more_alert_cases import ALSO_RAISED, BORN, CALM, OTHER_WAYS
from tests.deployment.raised_alerts import ALERTS, FILES, raised_alerts

pytestmark = pytest.mark.programs


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


@pytest.mark.parametrize("case", [*CASES, *OTHER_WAYS], ids=lambda case: case.alert)
def test_an_alert_is_raised_by_what_it_is_for_and_no_other_is(
    program: Path, tmp_path: Path, case: Case
) -> None:
    run(
        program,
        "test",
        "rules",
        write(tmp_path, [judged(case.alert, QUIET | case.series, case.at, case)]),
    )


@pytest.mark.parametrize("case", BORN, ids=lambda case: case.alert)
def test_the_first_value_of_a_counter_is_an_increase(
    program: Path, tmp_path: Path, case: Case
) -> None:
    tests = [judged(case.alert, QUIET | case.series, case.at, case)]
    run(program, "test", "rules", write(tmp_path, tests))


@pytest.mark.parametrize("name", CALM)
def test_what_is_over_or_long_ago_raises_nothing(program: Path, tmp_path: Path, name: str) -> None:
    series, at = CALM[name]
    run(program, "test", "rules", write(tmp_path, [judged(name, QUIET | series, at, None)]))


def test_what_is_raised_can_be_asked_for(program: Path, tmp_path: Path) -> None:
    """As the fault runs ask it of what they have recorded (tests/faults/test_alerts_of_faults.py)."""
    (case,) = (one for one in CASES if one.alert == "OpsDeskDatabaseAway")
    assert raised_alerts(program, tmp_path, QUIET, "1m", [600, 1200]) == set()
    assert raised_alerts(program, tmp_path, QUIET | case.series, "1m", [600, 1200]) == {case.alert}
    with pytest.raises(AssertionError):
        raised_alerts(program, tmp_path, {"no series": "1"}, "1m", [600])


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
