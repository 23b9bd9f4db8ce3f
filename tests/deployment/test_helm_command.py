"""A command where no replica runs: a job with what the service has, rendered by itself (docs/runbooks/README.md)."""

from pathlib import Path

import pytest

from tests.deployment.chart import RESTORED, SERVICES, containers, of_kind, render

pytestmark = pytest.mark.programs

ONLY = ("--show-only", "templates/command.yaml")


@pytest.mark.parametrize("service", SERVICES)
def test_a_command_has_what_the_service_has_and_is_none_of_its_replicas(
    program: Path, service: str
) -> None:
    [job] = render(program, service, *RESTORED, *ONLY)
    [deployment] = of_kind(render(program, service), "Deployment")
    [own], [replica] = (list(containers([one])) for one in (job, deployment))
    assert own["args"] == ["restored"]
    assert own["image"] == replica["image"]
    assert own["securityContext"] == replica["securityContext"]
    environment = {variable["name"]: variable["value"] for variable in replica["env"]}
    assert {variable["name"]: variable["value"] for variable in own["env"]}.items() <= (
        environment.items()
    )
    assert {name for name in environment if name.endswith("_FILE")} <= {
        variable["name"] for variable in own["env"]
    }
    pod, selector = job["spec"]["template"], deployment["spec"]["selector"]["matchLabels"]
    assert not selector.items() <= pod["metadata"]["labels"].items()
    assert {one["name"] for one in own["volumeMounts"]} == {
        one["name"] for one in pod["spec"]["volumes"]
    }
    assert "name" not in job["metadata"], "it may be run again"


def test_only_migrate_gets_the_owners_secret(program: Path) -> None:
    [job] = render(program, "sla", "--set", "command={migrate}", *ONLY)
    names = {variable["name"] for variable in next(containers([job]))["env"]}
    assert "OPSDESK_MIGRATION_DATABASE_URL_FILE" in names
    [job] = render(program, "sla", "--set", "command={dlq,list}", *ONLY)
    [container] = containers([job])
    assert container["name"] == "dlq-list"
    assert not [one for one in container["env"] if "MIGRATION" in one["name"]]


def test_without_a_command_there_is_no_job_of_it(program: Path) -> None:
    assert not [one for one in render(program, "sla") if "generateName" in one["metadata"]]
