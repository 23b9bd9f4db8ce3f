"""Pages for operations agree with the chart, with CI and with the release, and no password stands on a command line."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from opsdesk_local.release import read_version

from .test_typed_commands import PAGES, ROOT, lines_of_code

SCRIPTS: Final = [
    *(path for path in (ROOT / "deploy/backup").iterdir() if path.is_file()),
    *(ROOT / "deploy/compose" / name for name in ("backup", "kafka/admin", "secrets", "set-up")),
]
SERVICES: Final = ("intake", "sla", "escalation", "delivery-gate", "console")
ON_A_COMMAND_LINE: Final = re.compile(
    r"psql .*PASSWORD"
    r"|(psql|pg_dump|pg_restore|pg_basebackup)\b.*(\$\{?ADMIN_DATABASE_URL|postgres(ql)?://[^ ]*:[^ ]*@)"
    r"|--add-config .*password"
    r"|sasl\.password=[\"$]"
)
"""What everybody on the machine sees in the list of processes."""
CHART: Final = ROOT / "deploy/helm/templates"
BEFORE_A_RELEASE: Final = (
    "test", "thorough", "journeys", "browser", "faults", "drills", "mutants", "deploy-test", "compose-test"
)  # fmt: skip


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [*PAGES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_password_stands_on_a_command_line(path: Path) -> None:
    lines = [line for line in read(path).splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in lines if ON_A_COMMAND_LINE.search(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        """psql -c "CREATE ROLE x LOGIN PASSWORD '…'" """,
        'psql "$ADMIN_DATABASE_URL" -c x',
        'pg_basebackup --dbname="$ADMIN_DATABASE_URL"',
        "pg_dump postgresql://dba:secret@db/opsdesk",
        '--add-config "SCRAM-SHA-512=[password=$(cat "$secret")]"',
        'kcat -X sasl.password="$PASSWORD"',
    ],
)
def test_the_expression_knows_one_when_it_sees_one(line: str) -> None:
    assert ON_A_COMMAND_LINE.search(line)


def kubectl_lines() -> list[tuple[Path, str]]:
    """Each command for a cluster, of pages' blocks and of sentences."""
    found = []
    for page in PAGES:
        text = read(page)
        found += [(page, line) for line in lines_of_code(text) if line.startswith("kubectl ")]
        found += [(page, span) for span in re.findall(r"`(kubectl [^`\n]+)`", text)]
    return found


def test_commands_for_a_cluster_name_what_the_chart_makes() -> None:
    """Objects are called by their release, `opsdesk-<service>`, and containers by their service."""
    lines = kubectl_lines()
    assert len(lines) >= 8
    for page, line in lines:
        for kind, name in re.findall(r"\b(deploy|scaledobject)[/ ]([\w-]+)", line):
            assert name.removeprefix("opsdesk-") in SERVICES, f"{page.name}: {line}"
            assert name.startswith("opsdesk-"), f"{page.name}: {kind} {name}"
        for container in re.findall(r" -c ([\w-]+)", line):
            assert container in SERVICES
        for port in re.findall(r"port-forward \S+ \d+:(\d+)", line):
            assert f"containerPort: {port}}}" in read(CHART / "deployment.yaml")
    keda = [line for _, line in lines if "paused-replicas" in line]
    assert len(keda) == 2, "it is paused, and goes on afterwards"
    assert "metadata:\n  name: {{ .Release.Name }}" in read(CHART / "scaling.yaml")


def test_what_the_page_says_that_a_service_needs_its_example_gives() -> None:
    """The table of docs/deploy.md, and deploy/helm/examples."""
    rows = re.findall(r"^\| ([\w-]+) \| (.*) \|$", read(ROOT / "docs/deploy.md"), re.MULTILINE)
    needed = {name: set(re.findall(r"`(OPSDESK_\w+)`", text)) for name, text in rows}
    for service in SERVICES[1:]:
        values: dict[str, Any] = yaml.safe_load(read(ROOT / f"deploy/helm/examples/{service}.yaml"))
        given = {*values["settings"], *(f"{name}_FILE" for name in values["secrets"])}
        assert needed[service] <= given, service
    assert "OPSDESK_ACK_KEYS_FILE" in needed["escalation"]


def test_what_is_tried_before_a_release_is_tried_by_ci() -> None:
    ci = read(ROOT / ".ci/run") + read(ROOT / ".ci/nightly")
    by_ci = {
        word
        for line in re.findall(r"^ *make (.*)$", ci, re.MULTILINE)
        for word in line.split()
        if "=" not in word
    }
    assert by_ci == set(BEFORE_A_RELEASE)
    page = read(ROOT / "docs/release.md")
    named = {
        word for line in re.findall(r"^ +make (.*)$", page, re.MULTILINE) for word in line.split()
    }
    assert set(BEFORE_A_RELEASE) <= named
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))
    assert set(BEFORE_A_RELEASE) <= targets


def test_what_is_not_released_is_not_said_to_be() -> None:
    """A version is released once its migrations are recorded; until then the pages say that it is to be."""
    version = read_version(ROOT)
    recorded = (ROOT / f"tests/contracts/releases/{version}.json").exists()
    for page in ("docs/release.md", "docs/upgrade.md", "docs/deploy.md", "CHANGELOG.md"):
        text = read(ROOT / page).lower()
        assert (f"{version}" in text and "to be released" in text) is not recorded, page


def test_nothing_waits_beside_a_version_that_is_to_be_released() -> None:
    """Its section has all that changed: whoever builds it publishes these notes."""
    waiting = read(ROOT / "CHANGELOG.md").split("## Unreleased\n", 1)[1].split("\n## ", 1)[0]
    recorded = (ROOT / f"tests/contracts/releases/{read_version(ROOT)}.json").exists()
    assert recorded or not waiting.strip()


def test_every_line_for_subscribers_begins_at_the_earliest_record() -> None:
    page = read(ROOT / "docs/integrate/subscribers.md")
    assert "Begin at the earliest record" in page
    blocks = re.findall(r"^```(?:python|java|go)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    [kcat] = [line for line in lines_of_code(page) if line.startswith("kcat ")]
    assert len(blocks) >= 2
    for lines in (kcat, *blocks):
        assert re.search(r"earliest|FirstOffset|NewOffset\(\)\.AtStart", lines), lines


def test_a_kafka_without_disks_gets_its_users_and_rights_before_its_topics() -> None:
    """They lay on the same disks, and a service's own user may not create a topic."""
    part = (
        read(ROOT / "docs/runbooks/restore.md").split("\n## Kafka is lost\n")[1].split("\n## ")[0]
    )
    lines = list(lines_of_code(part))
    at = [i for i, line in enumerate(lines) if " acls " in line]
    (apply,) = (i for i, line in enumerate(lines) if "topics apply" in line)
    assert any("acls administrator" in lines[i] for i in at)
    assert any("acls service" in lines[i] for i in at)
    assert max(at) < apply
    assert "OPSDESK_KAFKA_USERNAME=opsdesk-topics" in lines[apply]
    assert "|| {" in lines[apply], "the loop does not go on over a failure"
