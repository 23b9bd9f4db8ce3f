"""A domain that reaches beyond domains is found."""

from pathlib import Path

import pytest
from checks.purity import violations

from .conftest import Write


@pytest.fixture
def service(write: Write) -> None:
    write("services/sla/src/sla/clocks/store.py", "")
    write("services/sla/src/sla/calendars/domain/timetable.py", "")
    write("services/sla/src/sla/waivers/domain.py", "")
    write("libs/common/src/common/wording.py", "")


@pytest.mark.parametrize(
    "line",
    [
        "import sqlalchemy",
        "from pydantic import BaseModel",
        "from common.database import Transaction",
        "from sla.clocks.store import load",
        "from sla.clocks import store",
        "from ..store import load",
        "import sla.clocks",
        "import urllib.request",
        "import socket",
        "import sqlite3",
        "import subprocess",
        "import asyncio",
        "from importlib import import_module",
        "text = open('x').read()",
        "module = __import__('socket')",
    ],
)
@pytest.mark.usefixtures("service")
def test_what_a_domain_may_not_import(write: Write, tmp_path: Path, line: str) -> None:
    write("services/sla/src/sla/clocks/domain/fold.py", f"import math\n{line}\n")
    (violation,) = violations(tmp_path)
    assert violation.path == Path("services/sla/src/sla/clocks/domain/fold.py")
    assert violation.line == 2


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import datetime",
        "from sla.calendars.domain.timetable import Timetable",
        "from sla.calendars.domain import timetable",
        "from sla.waivers.domain import Waiver",
        "from . import fold",
        "from common.wording import SECOND",
        "import msgspec.structs",
        "class Backlog:\n    open: int",
    ],
)
@pytest.mark.usefixtures("service")
def test_what_a_domain_may_import(write: Write, tmp_path: Path, line: str) -> None:
    write("services/sla/src/sla/clocks/domain/fold.py", "")
    write("services/sla/src/sla/clocks/domain/clock.py", line)
    write("services/sla/src/sla/reviews/domain.py", line.replace("from .", "from ..clocks.domain"))
    assert list(violations(tmp_path)) == []


def test_a_module_named_domain_rules_is_a_domain(write: Write, tmp_path: Path) -> None:
    write("services/sla/src/sla/clocks/domain_rules.py", "import sqlalchemy")
    assert len(list(violations(tmp_path))) == 1


def test_other_modules_are_free(write: Write, tmp_path: Path) -> None:
    write("services/sla/src/sla/clocks/commands.py", "import sqlalchemy")
    assert list(violations(tmp_path)) == []
