"""Outsiders' tools take our OpenAPI documents: Spectral finds no error, and a client has every operation."""

import compileall
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from common.http import create_app

pytestmark = pytest.mark.thorough

HERE = Path(__file__).parent
SERVICES = ("intake", "sla", "escalation", "delivery_gate")
SPECTRAL = "@stoplight/spectral-cli@6.16.3"


def document_of(module: str) -> dict[str, Any]:
    return create_app(import_module(f"{module}.app").SERVICE).openapi()


def write_document(module: str, folder: Path) -> Path:
    path = folder / f"{module}.json"
    path.write_text(json.dumps(document_of(module)), encoding="utf-8")
    return path


def run(folder: Path, *command: str | Path) -> tuple[int, str]:
    """Exit code and whole output of a program that may take five minutes (the first `npx` does)."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, done.stdout + done.stderr


def generate_client(path: Path) -> tuple[Path, int, str]:
    client = path.with_suffix("")
    options = (
        "--meta",
        "none",
        "--fail-on-warning",
        "--config",
        HERE / "openapi-python-client.yml",
    )
    paths = ("--path", path, "--output-path", client)
    program = (sys.executable, "-m", "openapi_python_client", "generate")
    return client, *run(path.parent, *program, *paths, *options)


def lint(paths: Sequence[Path], folder: Path) -> tuple[int, str]:
    program = ("npx", "--yes", SPECTRAL, "lint", "--ruleset", HERE / "spectral.yml")
    return run(folder, *program, "--fail-severity", "error", "--display-only-failures", *paths)


@pytest.mark.parametrize("module", SERVICES)
def test_a_generated_client_has_every_operation(module: str, tmp_path: Path) -> None:
    path = write_document(module, tmp_path)
    client, code, output = generate_client(path)
    assert code == 0, output
    operations = [
        operation["operationId"]
        for methods in json.loads(path.read_text())["paths"].values()
        for operation in methods.values()
    ]
    modules = [file.stem for file in client.glob("api/*/*.py") if file.stem != "__init__"]
    assert sorted(modules) == sorted(operations)
    assert compileall.compile_dir(client, quiet=1)


def test_two_models_of_one_name_are_noticed(tmp_path: Path) -> None:
    document = document_of("escalation")
    schemas = document["components"]["schemas"]
    schemas["AnotherProblem"] = {**schemas["Problem"], "description": "Of the same title."}
    path = tmp_path / "twice.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    _, code, output = generate_client(path)
    assert code != 0
    assert "duplicate models" in output


@pytest.mark.skipif(
    shutil.which("npx") is None,
    reason="Spectral, a second linter beside our own checks, needs Node.js with npx",
)
def test_spectral_finds_errors_in_a_broken_document_and_none_in_ours(tmp_path: Path) -> None:
    ours = [write_document(module, tmp_path) for module in SERVICES]
    code, output = lint(ours, tmp_path)
    assert code == 0, output
    broken = document_of("escalation")
    broken["components"]["schemas"]["Problem"]["properties"]["lacking"] = {"type": "array"}
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    code, output = lint([path], tmp_path)
    assert code != 0
    assert "array-items" in output
