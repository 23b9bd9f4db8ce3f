"""Where the migrations of a service lie, and which revisions it has: by the names of files, without Alembic."""

from importlib.util import find_spec
from pathlib import Path


def migrations_folder(module: str) -> Path:
    """Return the folder of a service's migrations: inside its package, to be installed with it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise LookupError(f"module {module} is not installed")
    found = Path(spec.origin).parent / "migrations"
    if not (found / "env.py").exists():
        raise LookupError(f"module {module} has no migrations/env.py")
    return found


def revisions(module: str) -> list[str]:
    """Return the revisions that a module has, oldest first: `0002_more.py` makes revision 0002. Raises LookupError."""
    versions = migrations_folder(module) / "versions"
    return sorted(path.name.partition("_")[0] for path in versions.glob("[0-9]*_*.py"))
