"""The chart as Helm renders it: what its tests share."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from opsdesk_local.kubernetes import VERSION

CHART = Path(__file__).parents[2] / "deploy/helm"
SERVICES = ("intake", "sla", "escalation", "delivery-gate", "console")
RESTORED = ("--set", "command={restored}")
KUBERNETES = ("--kube-version", VERSION)
"""A helm that was built from source takes itself for one of 1.20."""


def run(program: Path, *words: str, succeeds: bool = True) -> str:
    done = subprocess.run(
        [program, *words], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode == 0) is succeeds, done.stdout + done.stderr
    return done.stdout if succeeds else done.stderr


def render(program: Path, service: str, *words: str) -> list[dict[str, Any]]:
    values = ("--values", str(CHART / f"examples/{service}.yaml"))
    monitoring = ("--api-versions", "monitoring.coreos.com/v1")
    text = run(
        program,
        "template",
        f"opsdesk-{service}",
        str(CHART),
        *KUBERNETES,
        *values,
        *monitoring,
        *words,
    )
    return [one for one in yaml.safe_load_all(text) if one]


def of_kind(documents: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in documents if one["kind"] == kind]


def containers(documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in documents:
        if one["kind"] in {"Deployment", "Job"}:
            pod = one["spec"]["template"]["spec"]
            yield from (*pod.get("initContainers", ()), *pod["containers"])
