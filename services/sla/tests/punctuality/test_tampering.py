"""Whatever is done to the record of what fired is named: in the database, and in an export alone."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from common.persistence.database import Database
from sla.punctuality.domain import verifier
from sla.punctuality.domain.verifier import START, chained
from sla.punctuality.export import checked, wrong_evidence
from sla.punctuality.sealing import begin_of
from sla_support.sealed_days import DAY, MONDAY, busy_days, evidence_file, seal_until

Lines = list[bytes]
Spoil = Callable[[Lines], Lines]
PLACE = "clock/[0-9a-f-]{36}/[0-9]{9}"
LATER = "ORDER BY known_at, clock_id DESC LIMIT 1"
ONE = f"(clock_id, ordinal) = (SELECT clock_id, ordinal FROM clock_inputs WHERE kind = 'fired' {LATER})"


@pytest.fixture
async def record(database: Database) -> Database:
    await busy_days(database)
    await seal_until(database, begin_of(MONDAY + 2 * DAY))
    assert (await checked(database)).startswith("whole: 8 firings")
    return database


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (f"UPDATE clock_inputs SET at = at + interval '1 minute' WHERE {ONE}", "was changed"),
        (f"UPDATE clock_inputs SET fired_without_events = true WHERE {ONE}", "was changed"),
        (
            (
                "UPDATE firings SET fired_at = fired_at + interval '1 s' WHERE fired_at = "
                "(SELECT max(fired_at) FROM firings WHERE kind = 'clock')"
            ),
            "was changed",
        ),
        (f"DELETE FROM clock_inputs WHERE {ONE}", "is missing"),
        (
            (
                "INSERT INTO clock_inputs SELECT clock_id, 99, kind, at, known_at, body, fired_without_events"
                f" FROM clock_inputs WHERE {ONE}"
            ),
            "/000000099 was put in",
        ),
        (
            (
                "INSERT INTO beats VALUES ('01900000-0000-7000-8000-0000000000ff',"
                " '2026-06-02T12:00:00Z', NULL, 1, '0')"
            ),
            "beat/01900000-0000-7000-8000-0000000000ff/2026-06-02T12:00:00.000000Z was put in",
        ),
        (
            "UPDATE punctuality_seals SET sealed_at = sealed_at + interval '1 s' WHERE number = 2",
            "seal 2 was changed",
        ),
        ("UPDATE punctuality_seals SET chain = previous WHERE number = 1", "seal 1 was changed"),
        ("DELETE FROM punctuality_seals WHERE number = 1", "seal 1 is missing"),
    ],
)
async def test_the_first_thing_that_is_not_as_sealed_is_named(
    record: Database, owner_url: str, tampering: str, named: str
) -> None:
    """By somebody with every right on the tables."""
    owner = await asyncpg.connect(owner_url)
    await owner.execute(tampering)
    await owner.close()
    (wrong,) = [one async for one in wrong_evidence(record)]
    assert named in wrong


def changed(lines: Lines) -> Lines:
    return [
        line.replace(b'"fired_without_events": false', b'"fired_without_events": true', 1)
        for line in lines
    ]


def dropped(lines: Lines) -> Lines:
    return [*lines[:4], *lines[5:]]


def inserted(lines: Lines) -> Lines:
    return [*lines[:4], lines[4].replace(b"000000", b"999999", 1), *lines[4:]]


def doubled(lines: Lines) -> Lines:
    return [*lines[:4], lines[4], *lines[4:]]


def reordered(lines: Lines) -> Lines:
    return [*lines[:4], lines[5], lines[4], *lines[6:]]


def without_a_seal(lines: Lines) -> Lines:
    """The first day is forgotten, as if the record began on the second."""
    return [lines[0], *lines[1:2], *lines[3:]]


def earlier(lines: Lines) -> Lines:
    """The seal of the second day is said to be of the next one."""
    return [*lines[:-1], lines[-1].replace(b'"2026-06-02"', b'"2026-06-03"')]


def resealed(lines: Lines) -> Lines:
    """One firing changed, and its own seal written anew, as a careful forger would."""
    forged = lines[1].replace(b'"fired_without_events": false', b'"fired_without_events": true', 1)
    seal = json.loads(lines[2])
    leaves = [verifier.leaf(forged)]
    chain = chained(START, leaves, 1, seal["day"], seal["sealed_at"], True)
    seal |= {"leaves": leaves[0].hex(), "chain": chain.hex()}
    return [lines[0], forged, json.dumps(seal).encode(), *lines[3:]]


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (changed, "was changed (seal 1)"),
        (dropped, "what follows clock/"),
        (inserted, "was put in (seal 2)"),
        (doubled, "stands there twice (seal 2)"),
        (reordered, "stands in another place (seal 2)"),
        (without_a_seal, "seal 1 is missing"),
        (earlier, "day 2026-06-02 is missing"),
        (resealed, "seal 2 does not follow seal 1"),
        (lambda lines: [*lines, lines[1]], "stands after the last seal"),
        (lambda lines: [*lines, b"nonsense"], "a line is no JSON"),
        (lambda lines: [b'{"format": "other"}', *lines[1:]], "another format"),
    ],
)
async def test_an_outsider_sees_it_from_the_export_alone(
    record: Database, tmp_path: Path, spoil: Spoil, named: str
) -> None:
    path = await evidence_file(record, tmp_path)
    lines = path.read_bytes().splitlines()
    assert outsider(path) == (0, await checked(record))
    spoiled = spoil(lines)
    assert spoiled != lines
    path.write_bytes(b"\n".join(spoiled) + b"\n")
    code, said = outsider(path)
    assert code == 1
    assert said.startswith("NOT WHOLE: ")
    assert named in said


async def test_a_record_written_anew_is_seen_by_who_noted_a_head(
    record: Database, tmp_path: Path
) -> None:
    path = await evidence_file(record, tmp_path)
    noted = (await checked(record)).rpartition("head ")[2]
    assert outsider(path, "--head", noted)[0] == 0
    code, said = outsider(path, "--head", "2:" + "00" * 32)
    assert (code, "written anew" in said) == (1, True)
    shorter = path.read_bytes().splitlines()[:3]
    path.write_bytes(b"\n".join(shorter) + b"\n")
    assert outsider(path)[0] == 0
    assert outsider(path, "--head", noted)[0] == 1


def outsider(path: Path, *arguments: str) -> tuple[int, str]:
    """Run the verifier isolated from everything installed."""
    command = [sys.executable, "-I", "-S", verifier.__file__, str(path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).rstrip("\n")
