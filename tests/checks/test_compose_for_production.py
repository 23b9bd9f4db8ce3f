"""deploy/compose keeps the rules of a production: limits, health, secrets in files, nothing published but the proxy."""

import os
import re
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from common.http import Service
from common.settings import load_settings
from common.settings_database import AdministrationSettings, MigrationSettings
from common.settings_kafka import KafkaSettings
from common.settings_process import ProcessSettings
from opsdesk_local.images import read_images

FOLDER: Final = Path(__file__).parents[2] / "deploy/compose"
TEXT: Final = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
STACK: Final[dict[str, Any]] = yaml.safe_load(TEXT)
SERVICES: Final[dict[str, dict[str, Any]]] = STACK["services"]
OURS: Final = ("intake", "sla", "escalation", "delivery-gate", "console")
ONCE: Final = {name for name, one in SERVICES.items() if "profiles" in one}
EXAMPLE: Final = dict(
    line.split("=", 1)
    for line in (FOLDER / ".env.example").read_text(encoding="utf-8").splitlines()
    if "=" in line and not line.startswith("#")
)
VARIABLE: Final = re.compile(r"\$\{(\w+)(?:(:[-?])((?:[^${}]|\$\{\w+\})*))?\}")
SECRET: Final = {
    "database-url": "postgresql://{role}:x@postgres:5432/opsdesk",
    "owner-url": "postgresql://{role}_owner:x@postgres:5432/opsdesk",
    "admin-url": "postgresql://postgres:x@postgres:5432/postgres",
    "session-keys": "b3BzZGVzay1vcHNkZXNrLW9wc2Rlc2stb3BzZGVzay0=",
    "ack-keys": "b3BzZGVzay1vcHNkZXNrLW9wc2Rlc2stb3BzZGVzay0=",
}
"""What a secret of that name holds here; any other one some word."""
AUTHORITIES: Final = "/etc/ssl/certs/ca-certificates.crt"


def filled(text: str) -> str:
    """The text with the variables of the example, as Compose fills them in."""

    def value(found: re.Match[str]) -> str:
        default = filled(found[3]) if found[2] == ":-" else ""
        return EXAMPLE.get(found[1], default)

    return VARIABLE.sub(value, text)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_limits_and_no_more_than_it_needs(name: str) -> None:
    one = SERVICES[name]
    assert one["mem_limit"]
    assert one["cpus"] <= 2  # Docker refuses more than the machine has
    assert one["pids_limit"] <= 600
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "cap_add" not in one
    assert "privileged" not in one
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert set(one["logging"]["options"]) == {"max-size", "max-file"}
    assert one["restart"] == ("no" if name in ONCE else "unless-stopped")
    health = one["healthcheck"]
    assert health.get("disable") is True if name in ONCE else health["retries"] > 0
    # Ours have a user in their image; whoever else would begin as root is given one.
    assert name.removesuffix("-set-up") in OURS or one["user"].split(":")[0] not in {"0", "root"}


def test_nothing_is_published_but_the_proxy() -> None:
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]
    assert STACK["networks"]["inside"]["internal"] is True
    for name in ("postgres", "kafka", "backup"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert SERVICES["kafka-admin"]["network_mode"] == "service:kafka"


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_stands_in_the_file_or_in_an_environment(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|KEYS|SECRET|_URL_FILE|DATABASE_URL", variable):
            assert variable.endswith("_FILE"), variable
            assert str(value).startswith("/run/secrets/"), variable
    assert not re.search(r"PASSWORD:-|://[^$\s]*:[^@/\s]+@", TEXT), "no password by default"


def test_every_secret_is_used_and_made() -> None:
    used = {
        secret if isinstance(secret, str) else secret["source"]
        for one in SERVICES.values()
        for secret in one.get("secrets", ())
    }
    assert used == set(STACK["secrets"])
    script = (FOLDER / "secrets").read_text(encoding="utf-8")
    trial = (FOLDER / "trial-certificates").read_text(encoding="utf-8")
    for name, where in STACK["secrets"].items():
        folder, file = where["file"].removeprefix("./").split("/")
        assert file == name
        if folder == "tls":
            made = f"issue {name.rpartition('.')[0]} "
            assert made in trial or f"-out {name}" in trial
            assert f"tls/{name}" in script
        else:
            of_a_service = re.sub(rf"^({'|'.join(OURS)})-", "$service-", name)
            assert f"keep {name} " in script or f'keep "{of_a_service}" ' in script


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_a_releases_or_one_that_is_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    if name.removesuffix("-set-up") in OURS:
        assert image == f"opsdesk/{name.removesuffix('-set-up')}:${{RELEASE:?the version to run}}"
    else:
        found = re.fullmatch(r"\$\{(\w+):-(.+)\}", image)
        assert found, image
        variable, default = found.groups()
        assert default.partition("@")[0] == read_images()[variable].partition("@")[0]


def test_the_example_names_what_must_be_given() -> None:
    needed = {found[1] for found in VARIABLE.finditer(TEXT) if found[2] == ":?"}
    assert needed - set(EXAMPLE) == {"KAFKA_CLUSTER_ID"}, "that one is drawn by ./secrets"
    known = {found[1] for found in VARIABLE.finditer(TEXT)}
    assert set(EXAMPLE) <= known


@pytest.mark.parametrize("name", [*OURS, *(f"{service}-set-up" for service in OURS)])
def test_each_container_starts_with_the_settings_that_it_gets(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its environment is read by the service's own settings, in production, from the secrets that it has."""
    service = name.removesuffix("-set-up")
    module = service.replace("-", "_")
    application: Service = import_module(f"{module}.app").SERVICE
    reads: tuple[type[ProcessSettings], ...] = (
        (application.settings,) if name in OURS else (AdministrationSettings, MigrationSettings)
    )
    secrets = {one if isinstance(one, str) else one["target"] for one in SERVICES[name]["secrets"]}
    for variable in [one for one in os.environ if one.startswith("OPSDESK_")]:
        monkeypatch.delenv(variable)
    for variable, text in SERVICES[name]["environment"].items():
        value = filled(str(text))
        if value.startswith("/run/secrets/"):
            value = _secret(tmp_path, value.rpartition("/")[2], secrets, f"opsdesk_{module}")
        monkeypatch.setenv(variable, value)
    for settings in reads:
        load_settings(settings, application.settings)
    if name not in OURS:
        monkeypatch.setenv("OPSDESK_KAFKA_USERNAME", "opsdesk-topics")
        topics = _secret(tmp_path, "topics-password", secrets, "")
        monkeypatch.setenv("OPSDESK_KAFKA_PASSWORD_FILE", topics)
        load_settings(KafkaSettings, application.settings)


def _secret(folder: Path, name: str, given: set[str], role: str) -> str:
    """A file as the container finds it; one that it is not given is not there."""
    if name == "ca.pem" and name in given:
        return AUTHORITIES
    path = folder / name
    if name in given:
        path.write_text(SECRET.get(name, "a secret").format(role=role), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "name", ["backup", "secrets", "trial-certificates", "set-up", "kafka/admin"]
)
def test_a_script_can_be_read_by_bash(name: str) -> None:
    subprocess.run(["bash", "-n", FOLDER / name], check=True)
    assert os.access(FOLDER / name, os.X_OK)


def test_no_password_of_kafkas_users_is_among_arguments(tmp_path: Path) -> None:
    """kafka-configs.sh runs for seconds, and who may list processes sees what it was called with."""
    program = tmp_path / "kafka-configs.sh"
    program.write_text(
        '#!/bin/bash\necho "$*" >>"$SEEN.arguments"\ncat "${@: -1}" >>"$SEEN.file"\n', "utf-8"
    )
    program.chmod(0o755)
    (tmp_path / "sla-kafka-password").write_text("a\\b=c", encoding="utf-8")
    seen = tmp_path / "seen"
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "KAFKA": "127.0.0.1:9094",
        "SECRETS": str(tmp_path),
        "SEEN": str(seen),
    }
    subprocess.run(["bash", FOLDER / "kafka/admin", "users"], env=environment, check=True)
    arguments = seen.with_suffix(".arguments").read_text(encoding="utf-8")
    assert "--entity-name opsdesk-sla --add-config-file" in arguments
    assert "a\\b" not in arguments
    # A file of properties: a backslash is written twice.
    assert seen.with_suffix(".file").read_text(encoding="utf-8") == (
        "SCRAM-SHA-512=password=a\\\\b=c\n"
    )


def test_metrics_are_let_out_by_one_variable() -> None:
    for name in OURS:
        host = SERVICES[name]["environment"]["OPSDESK_MANAGEMENT_HOST"]
        assert host == "${MANAGEMENT_HOST:-127.0.0.1}"
    assert "`MANAGEMENT_HOST=0.0.0.0`" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_certificates_for_trials_are_those_that_are_asked_for(tmp_path: Path) -> None:
    """By openssl, as a client would: each is of the authority, and for the names that it is reached by."""
    script = tmp_path / "trial-certificates"
    script.write_bytes((FOLDER / "trial-certificates").read_bytes())
    subprocess.run(["bash", script, "opsdesk.example.com"], check=True, capture_output=True)
    names = {
        "postgres.crt": ("postgres",),
        "kafka.pem": ("kafka",),
        "proxy.crt": tuple(f"{service}.opsdesk.example.com" for service in OURS),
    }
    for file, hosts in names.items():
        for host in hosts:
            line = ["openssl", "verify", "-CAfile", "ca.pem", "-verify_hostname", host, file]
            subprocess.run(line, cwd=tmp_path / "tls", check=True, capture_output=True)
    assert not (tmp_path / "tls/ca.key").exists(), "nobody signs anything more with it"


def test_the_proxy_knows_every_service() -> None:
    text = (FOLDER / "proxy/nginx.conf").read_text(encoding="utf-8")
    [led] = re.findall(r"\(\?<first>([\w|-]+)\)", text)
    assert set(led.split("|")) == set(OURS)
    aliases = SERVICES["proxy"]["networks"]["inside"]["aliases"]
    assert set(aliases) == {f"{name}.${{DOMAIN}}" for name in OURS}
