"""Which alerts of `deploy/alerts` given series raise: asked of promtool, which can only compare."""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "deploy/alerts").glob("*.yml"))
RULES: list[dict[str, Any]] = [
    rule
    for path in FILES
    for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
METRICS = {name for rule in RULES for name in re.findall(r"\b(?:opsdesk_\w+|up)\b", rule["expr"])}
"""The metrics that the rules go by, as they are on the wire."""


def raised_alerts(
    program: Path, folder: Path, series: Mapping[str, str], interval: str, at: Iterable[int]
) -> set[str]:
    """Return the names of the alerts that are raised at any of these seconds.

    `series` are `interval` apart (`1s`). Raises AssertionError where promtool cannot judge them.
    """
    test = {
        "name": "raised",
        "interval": interval,
        "input_series": [{"series": one, "values": values} for one, values in series.items()],
        "alert_rule_test": [
            {"eval_time": f"{second}s", "alertname": alert, "exp_alerts": []}
            for second in at
            for alert in ALERTS
        ],
    }
    file = folder / "raised.yml"
    document = {"rule_files": list(map(str, FILES)), "evaluation_interval": "15s", "tests": [test]}
    file.write_text(json.dumps(document), encoding="utf-8")  # JSON is YAML
    done = subprocess.run(
        [program, "test", "rules", file], capture_output=True, text=True, check=False, timeout=600
    )
    output = done.stdout + done.stderr
    raised = set(re.findall(r"alertname: (\w+), time: ", output))
    assert raised or done.returncode == 0, output
    return raised
