"""The rooms of a package: what a reader finds when opening its folder, and who knows whom.

A room is a module or a folder directly in the package (its two upper levels: the package itself,
its `__init__.py`, is one too). An arrow is an ordered pair of rooms of which one imports the other,
however often.
"""

from collections import Counter
from dataclasses import dataclass

from checks.tree import Module, Package, count_lines


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms of one package with their lines, and the arrows between them."""

    lines: Counter[str]
    arrows: frozenset[tuple[str, str]]
    folders: frozenset[str]

    @property
    def biggest(self) -> str:
        """The room with most lines."""
        return self.lines.most_common(1)[0][0]

    @property
    def biggest_share(self) -> float:
        """The biggest room's share of the lines of the package."""
        return self.lines[self.biggest] / self.lines.total()

    @property
    def circles(self) -> list[tuple[str, str]]:
        """Pairs of folders that import each other."""
        return sorted(
            (one, other)
            for one, other in self.arrows
            if one < other and (other, one) in self.arrows and {one, other} <= self.folders
        )


def rooms_of(package: Package) -> Rooms:
    """Count the rooms of a package and draw its arrows."""
    lines: Counter[str] = Counter()
    arrows: set[tuple[str, str]] = set()
    for module in package.modules.values():
        room = _room(module)
        lines[room] += count_lines(module.path)
        for _, name in package.imports(module):
            if (imported := package.modules.get(name)) and _room(imported) != room:
                arrows.add((room, _room(imported)))
    folders = {module.parts[0] for module in package.modules.values() if _lies_in_folder(module)}
    return Rooms(lines, frozenset(arrows), frozenset(folders))


def _room(module: Module) -> str:
    return module.parts[0] if module.parts else module.name


def _lies_in_folder(module: Module) -> bool:
    return len(module.parts) > 1 or (module.parts != () and module.path.name == "__init__.py")
