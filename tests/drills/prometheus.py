"""A real Prometheus that scrapes the services of a site, with the rules of deploy/alerts and their `for:` shortened.

The scale divides each `for:`, and touches nothing else: an expression that asks for sixty seconds still does. What the rules as they
stand would have done is known all the same: an alert's `activeAt` does not depend on its `for:`.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from opsdesk_local import open_state
from opsdesk_local.ports import free_port
from opsdesk_local.processes import Child, spawn
from opsdesk_local.promtool import prometheus
from opsdesk_local.waiting import wait_until

ROOT: Final = Path(__file__).parents[2]
FILES: Final = tuple(ROOT / "deploy/alerts" / name for name in ("operation.yml", "security.yml"))
"""As in deploy/drills: nothing makes backups here, so that backups.yml is not loaded."""
EVERY_S: Final = 2
"""Seconds between two scrapes, and between two looks at the rules."""
UNITS_S: Final = {"s": 1, "m": 60, "h": 3600}


def read_rules(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def for_s(rule: Mapping[str, Any]) -> float:
    """Seconds of a rule's `for:`; 0 without one. Raises ValueError for any other form than `5m`."""
    if "for" not in rule:
        return 0
    found = re.fullmatch(r"(\d+)([smh])", rule["for"])
    if not found:
        raise ValueError(f"for: {rule['for']}")
    return int(found[1]) * UNITS_S[found[2]]


def scaled(document: dict[str, Any], scale: int) -> dict[str, Any]:
    """Return the rules with each `for:` divided; expressions and labels stay as they are."""
    shortened = copy.deepcopy(document)
    for group in shortened["groups"]:
        for rule in group["rules"]:
            if "for" in rule:
                rule["for"] = f"{round(for_s(rule) * 1000 / scale)}ms"
    return shortened


def waits_s() -> dict[str, float]:
    """Seconds of `for:` of each alert, as the rules stand."""
    return {
        rule["alert"]: for_s(rule)
        for path in FILES
        for group in read_rules(path)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


@contextmanager
def running(folder: Path, targets: Mapping[str, int], scale: int) -> Iterator[str]:
    """Start it for services by name, with their management ports; yield its address, end it."""
    folder.mkdir(parents=True)
    for path in FILES:
        (folder / path.name).write_text(yaml.safe_dump(scaled(read_rules(path), scale)))
    (folder / "prometheus.yml").write_text(yaml.safe_dump(_configuration(targets)))
    port = free_port()
    child = spawn(
        [
            prometheus(open_state()),
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        name="prometheus",
        folder=folder,
        log=folder / "prometheus.log",
    )
    try:
        wait_until(lambda: _listens(child, port), 60, "Prometheus")
        yield f"http://127.0.0.1:{port}"
    finally:
        child.kill()


def _listens(child: Child, port: int) -> bool:
    """Raises RuntimeError once it has ended."""
    if not child.alive:
        raise RuntimeError(f"Prometheus has ended:\n{child.last_lines()}")
    return child.listens_on(port)


def _configuration(targets: Mapping[str, int]) -> dict[str, Any]:
    """Job and labels as in deploy/drills/prometheus.yaml."""
    configs = [
        {"targets": [f"127.0.0.1:{port}"], "labels": {"service": name}}
        for name, port in targets.items()
    ]
    return {
        "global": {
            "scrape_interval": f"{EVERY_S}s",
            "scrape_timeout": f"{EVERY_S}s",
            "evaluation_interval": f"{EVERY_S}s",
        },
        "rule_files": [path.name for path in FILES],
        "scrape_configs": [{"job_name": "opsdesk", "static_configs": configs}],
    }
