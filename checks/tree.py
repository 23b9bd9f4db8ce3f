"""The Python files of the repository, and the services with their modules and imports."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FOLDERS = ("libs", "services", "opsdesk", "deploy", "tests", "checks")
NOT_OURS = frozenset({"build", "node_modules", "__pycache__"})


def python_files(root: Path) -> list[Path]:
    """Every Python file of the repository, sorted; nothing of build or virtual environments."""
    return _files(root, "*.py")


def script_files(root: Path) -> list[Path]:
    """The scripts of our pages, sorted."""
    return _files(root, "*.js")


def template_files(root: Path) -> list[Path]:
    """The templates of our pages, sorted."""
    return _files(root, "*.html")


def count_lines(path: Path) -> int:
    """The number of lines of a text file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def _files(root: Path, pattern: str) -> list[Path]:
    return sorted(
        path
        for folder in FOLDERS
        for path in (root / folder).rglob(pattern)
        if not any(
            part in NOT_OURS or part.startswith(".") for part in path.relative_to(root).parts
        )
    )


@dataclass(frozen=True)
class Module:
    """A Python file of a package: `name` is dotted, a package's own name for its `__init__.py`."""

    path: Path
    name: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The name below the top-level package: `("clocks", "store", "queue")`."""
        return tuple(self.name.split(".")[1:])

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.path.read_text(encoding="utf-8"), filename=str(self.path))


@dataclass(frozen=True)
class Package:
    """A top-level package with all its modules, by their dotted names."""

    name: str
    modules: dict[str, Module]

    def imports(self, module: Module) -> Iterator[tuple[int, str]]:
        """Line and dotted name of every import; of this package's modules, the module itself."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node.lineno, alias.name
            elif isinstance(node, ast.ImportFrom):
                base = _absolute(module, node)
                for alias in node.names:
                    whole = f"{base}.{alias.name}"
                    yield node.lineno, whole if whole in self.modules else base


def packages(root: Path) -> list[Package]:
    """The packages of the services and of `libs`, in the order of their names."""
    sources = [*root.glob("services/*/src/*/"), *root.glob("libs/*/src/*/")]
    found = [_package(folder) for folder in sources if (folder / "__init__.py").exists()]
    return sorted(found, key=lambda package: package.name)


def services(root: Path) -> list[Package]:
    """The packages of the services alone."""
    within = root / "services"
    return [one for one in packages(root) if _lies_in(one, within)]


def _package(folder: Path) -> Package:
    modules = [Module(path, _dotted_name(path, folder)) for path in sorted(folder.rglob("*.py"))]
    return Package(folder.name, {module.name: module for module in modules})


def _dotted_name(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _lies_in(package: Package, folder: Path) -> bool:
    return package.modules[package.name].path.is_relative_to(folder)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    up = node.level - 1 if module.path.name == "__init__.py" else node.level
    base = parts[: len(parts) - up]
    return ".".join([*base, node.module] if node.module else base)
