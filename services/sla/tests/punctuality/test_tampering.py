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
from sla.punctuality.domain.verifier import INITIAL_CHAIN, chain_value
from sla.punctuality.export import check_record, evidence_problems
from sla.punctuality.sealing import start_of_day
from sla_support.sealed_days import DAY, MONDAY, busy_days, evidence_file, seal_until

Lines = list[bytes]
Spoil = Callable[[Lines], Lines]
LINE_NAME_PATTERN = "clock/[0-9a-f-]{36}/[0-9]{9}"
NEWEST_FIRST = "ORDER BY known_at, clock_id DESC LIMIT 1"
LAST_FIRING = f"(clock_id, ordinal) = (SELECT clock_id, ordinal FROM clock_inputs WHERE kind = 'fired' {NEWEST_FIRST})"


@pytest.fixture
async def record(database: Database) -> Database:
    await busy_days(database)
    await seal_until(database, start_of_day(MONDAY + 2 * DAY))
    assert (await check_record(database)).startswith("whole: 8 firings")
    return database


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (
            f"UPDATE clock_inputs SET at = at + interval '1 minute' WHERE {LAST_FIRING}",
            "was changed",
        ),
        (f"UPDATE clock_inputs SET fired_without_events = true WHERE {LAST_FIRING}", "was changed"),
        (
            (
                "UPDATE firings SET fired_at = fired_at + interval '1 s' WHERE fired_at = "
                "(SELECT max(fired_at) FROM firings WHERE kind = 'clock')"
            ),
            "was changed",
        ),
        (f"DELETE FROM clock_inputs WHERE {LAST_FIRING}", "is missing"),
        (
            (
                "INSERT INTO clock_inputs SELECT clock_id, 99, kind, at, known_at, body, fired_without_events"
                f" FROM clock_inputs WHERE {LAST_FIRING}"
            ),
            "/000000099 was put in",
        ),
        (
            (
                "INSERT INTO heartbeats VALUES ('01900000-0000-7000-8000-0000000000ff',"
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
    (wrong,) = [one async for one in evidence_problems(record)]
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
    chain = chain_value(INITIAL_CHAIN, leaves, 1, seal["day"], seal["sealed_at"], True)
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
        (lambda lines: [*lines, b"nonsense"], "a line is not valid JSON"),
        (lambda lines: [b'{"format": "other"}', *lines[1:]], "another format"),
    ],
)
async def test_an_outsider_sees_it_from_the_export_alone(
    record: Database, tmp_path: Path, spoil: Spoil, named: str
) -> None:
    path = await evidence_file(record, tmp_path)
    lines = path.read_bytes().splitlines()
    assert run_verifier(path) == (0, await check_record(record))
    spoiled = spoil(lines)
    assert spoiled != lines
    path.write_bytes(b"\n".join(spoiled) + b"\n")
    code, output = run_verifier(path)
    assert code == 1
    assert output.startswith("NOT WHOLE: ")
    assert named in output


async def test_a_record_written_anew_is_seen_by_who_noted_a_head(
    record: Database, tmp_path: Path
) -> None:
    path = await evidence_file(record, tmp_path)
    noted = (await check_record(record)).rpartition("head ")[2]
    assert run_verifier(path, "--head", noted)[0] == 0
    code, output = run_verifier(path, "--head", "2:" + "00" * 32)
    assert (code, "written anew" in output) == (1, True)
    shorter = path.read_bytes().splitlines()[:3]
    path.write_bytes(b"\n".join(shorter) + b"\n")
    assert run_verifier(path)[0] == 0
    assert run_verifier(path, "--head", noted)[0] == 1


def run_verifier(path: Path, *arguments: str) -> tuple[int, str]:
    """Run the verifier isolated from everything installed."""
    command = [sys.executable, "-I", "-S", verifier.__file__, str(path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).rstrip("\n")
