"""A small repository in a temporary folder, of files that each test writes."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of the small repository; packages get their `__init__.py`."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if "/src/" in name:
            source = tmp_path.joinpath(*Path(name).parts[: Path(name).parts.index("src") + 1])
            for folder in path.parents:
                if folder == source:
                    break
                (folder / "__init__.py").touch()
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
        return path

    return write_file
