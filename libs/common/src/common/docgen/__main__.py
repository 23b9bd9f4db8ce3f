"""`python -m common.docgen [--check]`: writes the generated pages of `docs/`, or compares them.

Run it at the root of the repository.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

from common.docgen.api import api_page, has_api
from common.docgen.asyncapi import asyncapi_document
from common.docgen.dashboards import dashboards
from common.docgen.logs import logs_page
from common.docgen.reference import metrics_page, permissions_page, settings_page
from common.docgen.reporting import reporting_page
from common.docgen.topics import topics_page
from common.http import Service


def pages(root: Path) -> dict[Path, str]:
    """Generate all documents, by path."""
    services = _services(root)
    docs = root / "docs"
    return {
        docs / "topics.md": topics_page(),
        docs / "asyncapi.json": json.dumps(asyncapi_document(), indent=1, ensure_ascii=False)
        + "\n",
        docs / "settings.md": settings_page(services),
        docs / "metrics.md": metrics_page(),
        docs / "logs.md": logs_page(root),
        docs / "permissions.md": permissions_page(),
        docs / "reporting.md": reporting_page(services),
        **{root / "deploy" / "dashboards" / name: text for name, text in dashboards().items()},
        **{docs / "api" / f"{one.name}.md": api_page(one) for one in services if has_api(one)},
    }


def stale_documents(root: Path) -> list[Path]:
    """Return the documents that differ from what the code generates."""
    return [
        path
        for path, text in pages(root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def _services(root: Path) -> list[Service]:
    modules = sorted(path.parent.name for path in root.glob("services/*/src/*/app.py"))
    return [import_module(f"{module}.app").SERVICE for module in modules]


def main(arguments: list[str]) -> int:
    root = Path.cwd()
    if "--check" in arguments:
        for path in (outdated := stale_documents(root)):
            sys.stderr.write(f"{path.relative_to(root)} is not up to date: run `make docs`\n")
        return 1 if outdated else 0
    for path, text in pages(root).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
