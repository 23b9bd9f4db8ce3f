"""Examples of deployment name what there is: scopes, roles, settings, files."""

import json
import os
import re
from pathlib import Path

import pytest
import yaml

from common.auth.permissions import ROLES, SCOPES

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(((?!https?:|#)[^)#\s]+)")
PAGES = sorted(
    [
        *(ROOT / "docs/runbooks").glob("*.md"),
        *(ROOT / "docs/integrate").glob("*.md"),
        ROOT / "docs/deploy.md",
        ROOT / "docs/operations.md",
        ROOT / "deploy/systemd/README.md",
        ROOT / "README.md",
    ]
)


def test_the_realm_knows_our_roles_and_scopes_and_no_others() -> None:
    realm = json.loads((ROOT / "deploy/examples/keycloak-realm.json").read_text(encoding="utf-8"))
    assert {role["name"] for role in realm["roles"]["realm"]} == ROLES
    named = {scope["name"] for scope in realm["clientScopes"]} - {"opsdesk"}
    assert named <= SCOPES
    builtin = {"opsdesk", "basic", "profile", "email", "acr", "offline_access"}
    for client in realm["clients"]:
        given = {*client["defaultClientScopes"], *client.get("optionalClientScopes", ())}
        assert given - builtin <= named, client["clientId"]


@pytest.mark.parametrize("name", ["strimzi.yaml", "cloudnative-pg.yaml"])
def test_examples_of_operators_are_documents_of_kubernetes(name: str) -> None:
    text = (ROOT / "deploy/examples" / name).read_text(encoding="utf-8")
    documents = list(yaml.safe_load_all(text))
    assert len(documents) > 1
    for document in documents:
        assert {"apiVersion", "kind", "metadata", "spec"} <= set(document)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_on_a_page_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_units_start_the_module_that_the_read_me_makes() -> None:
    units = list((ROOT / "deploy/systemd").glob("*@.service"))
    assert units, "a folder without units proves nothing"
    for unit in units:
        text = unit.read_text(encoding="utf-8")
        assert re.search(
            r"^ExecStart=/opt/opsdesk/%i/bin/service (serve|migrate)$", text, re.MULTILINE
        )
        assert "NoNewPrivileges=yes" in text


def test_each_timer_runs_backup_programs_that_there_are() -> None:
    """Each makes something; what each one makes, and `prune`, are all that is made by timers."""
    started = set()
    for timer in (ROOT / "deploy/systemd").glob("*.timer"):
        unit = timer.with_suffix(".service").read_text(encoding="utf-8")
        programs = re.findall(r"^ExecStart=/opt/opsdesk/source/(\S+) ", unit, re.MULTILINE)
        assert programs, timer
        assert all(os.access(ROOT / program, os.X_OK) for program in programs)
        started |= set(programs)
    assert started == {f"deploy/backup/{name}" for name in ("base", "dump", "files", "prune")}
