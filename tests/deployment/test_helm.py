"""The chart renders for each service, refuses what cannot work, and gives containers what the images ask for."""

import os
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from common.http import Service
from common.settings import load_settings
from common.settings_database import AdministrationSettings, MigrationSettings
from common.settings_kafka import KafkaSettings
from common.settings_process import ProcessSettings
from opsdesk_local import open_state
from opsdesk_local.kubernetes import NAMES, VERSION, kubeconform, kubernetes_schemas
from tests.deployment.chart import (
    CHART,
    KUBERNETES,
    RESTORED,
    SERVICES,
    containers,
    of_kind,
    render,
    run,
)

pytestmark = pytest.mark.programs

OF_OPERATORS = "ServiceMonitor,ScaledObject"
"""Kinds that no API server knows by itself: their operators have the schemas."""
EVERYTHING = (
    "--set", "ingress.enabled=true,ingress.host=desk.example.com,ingress.className=nginx,ingress.tlsSecret=desk",
    "--set", "serviceMonitor.enabled=true", "--set", "autoscaling.enabled=true,keda.enabled=false",
)  # fmt: skip
BY_LAG = ("--set", "autoscaling.enabled=false,keda.enabled=true,keda.bootstrapServers=kafka:9093")
SET_UP = (
    "--set", "setUp.enabled=true", "--set", "setUp.settings.OPSDESK_KAFKA_USERNAME=opsdesk-topics",
    "--set", "setUp.secrets.OPSDESK_KAFKA_PASSWORD.secret=topics", "--set", "setUp.secrets.OPSDESK_KAFKA_PASSWORD.key=password",
    "--set", "setUp.secrets.OPSDESK_ADMIN_DATABASE_URL.secret=admin", "--set", "setUp.secrets.OPSDESK_ADMIN_DATABASE_URL.key=url",
)  # fmt: skip
SECRETS = {
    "OPSDESK_DATABASE_URL": "postgresql://{role}:x@db.example:5432/opsdesk",
    "OPSDESK_MIGRATION_DATABASE_URL": "postgresql://{role}_owner:x@db.example:5432/opsdesk",
    "OPSDESK_ADMIN_DATABASE_URL": "postgresql://admin:x@db.example:5432/postgres",
    "OPSDESK_SESSION_KEYS": "b3BzZGVzay1vcHNkZXNrLW9wc2Rlc2stb3BzZGVzay0=",
    "OPSDESK_ACK_KEYS": "b3BzZGVzay1vcHNkZXNrLW9wc2Rlc2stb3BzZGVzay0=",
}


@pytest.mark.parametrize("service", SERVICES)
def test_the_examples_are_without_a_finding(program: Path, service: str) -> None:
    run(
        program, "lint", "--strict", str(CHART), "--values", str(CHART / f"examples/{service}.yaml")
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_release_is_one_service_with_all_that_it_needs(program: Path, service: str) -> None:
    documents = render(program, service)
    kinds = sorted(one["kind"] for one in documents)
    assert {"Deployment", "Job", "NetworkPolicy", "PodDisruptionBudget", "ServiceMonitor"} <= set(
        kinds
    )
    assert kinds.count("Service") == 2
    names = {one["metadata"]["name"] for one in documents}
    assert all(name.startswith(f"opsdesk-{service}") for name in names)
    [deployment] = of_kind(documents, "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["terminationGracePeriodSeconds"] == 40
    assert {
        probe["httpGet"]["port"] for name, probe in container.items() if name.endswith("Probe")
    } == {"management"}
    mounted = {one["name"] for one in container["volumeMounts"]}
    assert mounted == {one["name"] for one in pod["volumes"]}
    selector = deployment["spec"]["selector"]["matchLabels"]
    assert selector.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize("service", SERVICES)
def test_each_container_starts_with_the_settings_that_it_gets(
    program: Path, service: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The rendered environment is read by the service's own settings, in production."""
    application: Service = import_module(f"{service.replace('-', '_')}.app").SERVICE
    read: dict[tuple[str, ...], type[ProcessSettings]] = {
        ("serve",): application.settings,
        ("migrate",): MigrationSettings,
        ("database", "apply"): AdministrationSettings,
        ("topics", "apply"): KafkaSettings,
    }
    found = set()
    for container in containers(render(program, service, *SET_UP)):
        for name in [name for name in os.environ if name.startswith("OPSDESK_")]:
            monkeypatch.delenv(name)
        for variable in container["env"]:
            monkeypatch.setenv(variable["name"], on_this_machine(variable, service, tmp_path))
        words = tuple(container["args"])
        load_settings(read[words], application.settings)
        found.add(words)
    assert found == set(read)


def on_this_machine(variable: dict[str, str], service: str, folder: Path) -> str:
    """The value of a variable; files of secrets and authorities lie in this test's folder."""
    name, value = variable["name"], variable["value"]
    if name.endswith("_CA_FILE"):
        return "/etc/ssl/certs/ca-certificates.crt"
    if not name.endswith("_FILE"):
        return value
    secret = name.removesuffix("_FILE")
    path = folder / secret
    path.write_text(
        SECRETS.get(secret, "a secret").format(role=f"opsdesk_{service.replace('-', '_')}")
    )
    return str(path)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--set", "service=mail"), "service"),
        (("--set", "keda.enabled=true,keda.maxReplicas=13,keda.bootstrapServers=k:9093"), "maxReplicas"),
        (("--set", "autoscaling.enabled=true,keda.enabled=true,keda.bootstrapServers=k:9093"), "exclude each other"),
        (("--set", "ingress.enabled=true,ingress.host="), "ingress.host"),
        (("--set", "settings.PASSWORD=x"), "PASSWORD"),
        (("--set", "replica=3"), "replica"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused(program: Path, words: tuple[str, ...], named: str) -> None:
    values = ("--values", str(CHART / "examples/intake.yaml"))
    output = run(program, "template", "x", str(CHART), *KUBERNETES, *values, *words, succeeds=False)
    assert named in output


def test_hooks_run_in_order_before_the_new_release(program: Path) -> None:
    jobs = of_kind(render(program, "sla", *SET_UP), "Job")
    order = sorted(jobs, key=lambda job: int(job["metadata"]["annotations"]["helm.sh/hook-weight"]))
    assert [job["metadata"]["name"] for job in order] == [
        "opsdesk-sla-set-up",
        "opsdesk-sla-migrate",
    ]
    assert {job["metadata"]["annotations"]["helm.sh/hook"] for job in jobs} == {
        "pre-install,pre-upgrade"
    }


@pytest.fixture(scope="session")
def judge() -> list[str]:
    """kubeconform with the schemas of this version's API server, as words of a command that reads from its input."""
    state = open_state()
    where = f"{kubernetes_schemas(state)}/{NAMES}"
    words = ("-strict", "-summary", "-kubernetes-version", VERSION, "-schema-location", where)
    return [str(kubeconform(state)), *words, "-skip", OF_OPERATORS, "-"]


def judged(judge: list[str], documents: list[dict[str, Any]]) -> tuple[int, str]:
    """The exit code and the words of kubeconform."""
    text = yaml.safe_dump_all(documents)
    done = subprocess.run(judge, input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "words", [(), (*SET_UP, *EVERYTHING, *RESTORED), BY_LAG], ids=["usual", "all", "keda"]
)
@pytest.mark.parametrize("service", SERVICES)
def test_the_api_of_kubernetes_knows_every_field(
    program: Path, judge: list[str], service: str, words: tuple[str, ...]
) -> None:
    documents = render(program, service, *words)
    code, output = judged(judge, documents)
    assert code == 0, output
    skipped = sum(one["kind"] in OF_OPERATORS.split(",") for one in documents)
    assert f"Valid: {len(documents) - skipped}, Invalid: 0, Errors: 0, Skipped: {skipped}" in output


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("spec", "replica"), 2),
        (("spec", "replicas"), "two"),
        (("spec", "template", "spec", "containers", 0, "readOnlyRoot"), True),
        (("apiVersion",), "apps/v7"),
    ],
)
def test_a_field_or_version_that_it_does_not_know_is_found(
    program: Path, judge: list[str], way: tuple[str | int, ...], value: object
) -> None:
    [deployment] = of_kind(render(program, "sla"), "Deployment")
    spec: Any = deployment
    for step in way[:-1]:
        spec = spec[step]
    spec[way[-1]] = value
    code, output = judged(judge, [deployment])
    assert code == 1, output
