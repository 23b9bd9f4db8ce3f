"""The list of the walk must stand in the document, and name files that exist."""

from pathlib import Path

from checks.walk import listed_files, violations

from .conftest import Write

DOCUMENT = """
# Architecture
See `libs/not/listed.py`.

## The walk of one ticket
```
# HTTP in
services/intake/src/intake/routes.py
```
1. `services/sla/src/sla/clocks/store.py`, and again `services/intake/src/intake/routes.py`

### Further
2. services/sla/src/sla/missing.py

## Layers
`services/sla/src/sla/other.py`
"""


def test_files_are_counted_once_and_must_exist(write: Write, tmp_path: Path) -> None:
    write("docs/architecture.md", DOCUMENT)
    write("services/intake/src/intake/routes.py", "")
    write("services/sla/src/sla/clocks/store.py", "")
    assert len(listed_files(tmp_path)) == 3
    assert [str(one) for one in violations(tmp_path)] == [
        "docs/architecture.md:12: names services/sla/src/sla/missing.py, which does not exist."
    ]


def test_the_list_must_be_there(write: Write, tmp_path: Path) -> None:
    assert len(list(violations(tmp_path))) == 1
    write("docs/architecture.md", "# Architecture\n## Layers\nservices/x.py\n")
    assert len(list(violations(tmp_path))) == 1


def test_more_than_24_files_are_too_many(write: Write, tmp_path: Path) -> None:
    names = [f"services/sla/src/sla/m{number}.py" for number in range(25)]
    for name in names:
        write(name, "")
    write("docs/architecture.md", "\n".join(["## The walk of one ticket", *names[:24]]))
    assert list(violations(tmp_path)) == []
    write("docs/architecture.md", "\n".join(["## The walk of one ticket", *names]))
    assert [one.sentence for one in violations(tmp_path)] == ["lists 25 files: at most 24."]
