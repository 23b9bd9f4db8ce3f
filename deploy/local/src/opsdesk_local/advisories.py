"""`make audit`: the pinned versions against known vulnerabilities, also without the internet.

pip-audit asks an OSV service. Without one, a folder of advisories in OSV's format is asked instead, such as a
mirror of PyPA's advisory database (one YAML or JSON file each): a small server answers pip-audit from it.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from opsdesk_local.state import CLONE

LOCK: Final = CLONE / "constraints.txt"
Advisory = Mapping[str, Any]
Advisories = Mapping[str, list[Advisory]]


def audit(folder: Path | None, lock: Path = LOCK) -> int:
    """Run pip-audit over the lock; without a folder it asks OSV. Returns its exit code: 1 for findings."""
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--disable-pip"]
    asked = [*command, "--vulnerability-service", "osv", "--require-hashes", "-r", str(lock)]
    if folder is None:
        return subprocess.run(asked, check=False).returncode
    with serve(read_advisories(folder)) as url:
        return subprocess.run([*asked, "--osv-url", url], check=False).returncode


def read_advisories(folder: Path) -> dict[str, list[Advisory]]:
    """Read the advisories about PyPI's packages by canonical name; withdrawn ones are left out."""
    found: dict[str, list[Advisory]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in {".json", ".yaml", ".yml"}:
            continue
        # JSON is YAML, but PyYAML reads it a hundred times slower.
        text = path.read_text(encoding="utf-8")
        advisory = json.loads(text) if path.suffix == ".json" else _load_yaml(text)
        if advisory.get("withdrawn") is None:
            for name in {_name(one) for one in advisory.get("affected", ())}:
                found.setdefault(name, []).append(advisory)
    return found


def affecting(advisories: Advisories, package: str, version: str) -> list[Advisory]:
    """Return the advisories that name this version of a package, or a range with it."""
    name = canonicalize_name(package)
    return [
        advisory
        for advisory in advisories.get(name, ())
        if any(_is_affected(one, version) for one in advisory["affected"] if _name(one) == name)
    ]


@contextmanager
def serve(advisories: Advisories) -> Iterator[str]:
    """Answer OSV's `/v1/query` on 127.0.0.1. Yields the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            vulns = affecting(advisories, asked["package"]["name"], asked["version"])
            body = json.dumps({"vulns": vulns} if vulns else {}, default=str).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: pip-audit tells what it found."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _load_yaml(text: str) -> Advisory:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    advisory: Advisory = yaml.load(text, Loader=loader)
    return advisory


def _name(affected: Mapping[str, Any]) -> str:
    package = affected.get("package", {})
    return canonicalize_name(package["name"]) if package.get("ecosystem") == "PyPI" else ""


def _is_affected(affected: Mapping[str, Any], version: str) -> bool:
    if version in affected.get("versions", ()):
        return True
    ranges = [one for one in affected.get("ranges", ()) if one["type"] == "ECOSYSTEM"]
    try:
        return any(_in_range(one["events"], Version(version)) for one in ranges)
    except InvalidVersion:
        return False  # an event without a version of Python's form says nothing about ours


def _in_range(events: list[dict[str, str]], version: Version) -> bool:
    """Follow OSV's events in their order: introduced, then fixed, or the last affected."""
    affected = False
    for event in events:
        for kind, at in event.items():
            limit = Version("0" if at == "0" else at)
            if kind == "introduced" and version >= limit:
                affected = True
            elif (kind == "fixed" and version >= limit) or (
                kind == "last_affected" and version > limit
            ):
                affected = False
    return affected
