"""The head is published each hour and stamped by an authority; what an outsider gets shows a change alone."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import asyncpg
import pytest
from httpx import AsyncClient
from pydantic import SecretStr, ValidationError

from common.messaging.kafka import Kafka
from common.persistence.database import Database
from common.runtime import Runtime
from common.scheduling.loop_heartbeat import LoopHeartbeat
from opsdesk_testing.protocol import freeze_time, outbox_events
from sla.evidence.anchors import anchor_when_due, publish_head
from sla.evidence.domain import fact_verifier as verifier
from sla.evidence.fact_export import export_facts
from sla.evidence.timestamps import NotStamped, stamped_at
from sla.settings import SlaSettings
from sla_support.facts import WRITTEN_AT, seal, write_facts
from sla_support.timestamp_authority import Authority, running_authority

HOUR = timedelta(hours=1)
Spoil = Callable[[Path], None]


@pytest.fixture
def known_services() -> tuple[str, ...]:
    """The scene brings its own."""
    return ()


@pytest.fixture
async def sealed(database: Database) -> Database:
    await write_facts(database)
    await seal(database)
    return database


def runtime_of(database: Database, authority: Authority | None = None) -> Runtime[SlaSettings]:
    settings = SlaSettings.model_construct(
        timestamp_authority_url=authority.url if authority else None,
        timestamp_authority_ca_file=authority.ca_file if authority else None,
    )
    # Anchoring writes to the outbox; it does not talk to Kafka itself.
    return Runtime(settings, database, cast(Kafka, None), LoopHeartbeat())


async def test_the_head_is_published_once_an_hour(sealed: Database) -> None:
    runtime = runtime_of(sealed)
    first = await anchor_when_due(runtime)
    assert first is not None
    assert await anchor_when_due(runtime) is None
    await freeze_time(sealed, WRITTEN_AT + HOUR)
    second = await anchor_when_due(runtime)
    assert second is not None
    events = [one for one in await outbox_events(sealed) if one.topic == "opsdesk.evidence"]
    assert [(one.type, one.sequence, one.body["number"], one.body["head"]) for one in events] == [
        ("opsdesk.evidence.anchored.v1", 1, 1, first.head),
        ("opsdesk.evidence.anchored.v1", 1, 2, second.head),
    ]
    assert first.timestamp_token is None
    assert first.timestamp_problem is None


async def test_an_authority_stamps_the_head(sealed: Database, tmp_path: Path) -> None:
    with running_authority(tmp_path) as authority:
        anchor = await anchor_when_due(runtime_of(sealed, authority))
    assert anchor is not None
    assert anchor.timestamp_token is not None
    at = stamped_at(anchor.timestamp_token, authority.ca_file, anchor.head.encode())
    assert abs(datetime.now(UTC) - at) < HOUR
    with pytest.raises(NotStamped, match="does not hold"):
        stamped_at(anchor.timestamp_token, authority.ca_file, b"1:another head")
    folder = tmp_path / "export"
    await export_facts(sealed, folder)
    command = [
        "openssl",
        "ts",
        "-verify",
        "-data",
        "anchor-1.txt",
        "-in",
        "anchor-1.tsr",
        "-CAfile",
    ]
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, str(authority.ca_file)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Verification: OK" in done.stdout + done.stderr


async def test_an_authority_that_is_away_or_another_stops_nothing(
    sealed: Database, tmp_path: Path, gina: AsyncClient
) -> None:
    with running_authority(tmp_path) as authority:
        pass
    anchor = await anchor_when_due(runtime_of(sealed, authority))
    assert anchor is not None
    assert anchor.timestamp_token is None
    assert "cannot be reached" in str(anchor.timestamp_problem)
    (other := tmp_path / "other").mkdir()
    (here := tmp_path / "here").mkdir()
    await freeze_time(sealed, WRITTEN_AT + HOUR)
    with running_authority(other) as stranger, running_authority(here) as known:
        mixed = Authority(stranger.url, known.ca_file)
        anchor = await anchor_when_due(runtime_of(sealed, mixed))
    assert anchor is not None
    assert "does not hold" in str(anchor.timestamp_problem)
    listed = (await gina.get("/v1/evidence/anchors")).json()["items"]
    assert [(one["number"], one["timestamped"]) for one in listed] == [(1, False), (2, False)]
    assert listed[1]["timestamp_problem"] == anchor.timestamp_problem


def test_an_authority_without_its_certificate_ends_the_start() -> None:
    with pytest.raises(ValidationError, match="belong together: give both or none"):
        SlaSettings(
            environment="test",
            database_url=SecretStr("postgresql://a:b@127.0.0.1/c"),
            kafka_bootstrap_servers="127.0.0.1:9",
            issuer="nobody",
            jwks_url="unused",
            timestamp_authority_url="https://tsa.example",
        )


async def test_staff_read_the_head_and_contacts_do_not(
    gina: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    assert (await gina.get("/v1/evidence")).json()["head"] is None
    await write_facts(database)
    made = (await seal(database))[-1]
    async with database.transaction() as tx:
        await publish_head(tx)
    answer = (await gina.get("/v1/evidence")).json()
    assert (answer["head"], answer["anchor"]["head"]) == (made.head, made.head)
    assert answer["facts"] > 0
    assert (await jan.get("/v1/evidence")).status_code == 403


def run_verifier(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the verifier isolated from everything installed."""
    command = [sys.executable, "-I", "-S", str(folder / "verifier.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).rstrip("\n")


def edit(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / name
        path.write_bytes(b"\n".join(change(path.read_bytes().splitlines())) + b"\n")

    return spoil


def resealed(folder: Path) -> None:
    """A fact changed, and its own seal written anew, as a careful forger would."""
    lines, seals_ = (
        (folder / name).read_bytes().splitlines() for name in ("facts.jsonl", "seals.jsonl")
    )
    lines[0] = lines[0].replace(b"2026", b"2025", 1)
    one = json.loads(seals_[0])
    leaves = bytes.fromhex(one["leaves"])
    one["leaves"] = (verifier.leaf(lines[0]) + leaves[32:]).hex()
    one["chain"] = verifier.chain_value(verifier.INITIAL_CHAIN, one).hex()
    seals_[0] = json.dumps(one).encode()
    (folder / "facts.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    (folder / "seals.jsonl").write_bytes(b"\n".join(seals_) + b"\n")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (
            edit("facts.jsonl", lambda n: [n[0].replace(b"2026", b"2025", 1), *n[1:]]),
            "is not what was sealed",
        ),
        (edit("facts.jsonl", lambda n: n[1:]), "were sealed and are not in the export"),
        (edit("facts.jsonl", lambda n: [n[0], *n]), "stands there twice"),
        (
            edit("facts.jsonl", lambda n: [n[0].replace(b'"position":', b'"position":99999'), *n]),
            "is in no seal",
        ),
        (edit("facts.jsonl", lambda n: [*n, b"nonsense"]), "a line is not a fact"),
        (edit("seals.jsonl", lambda n: n[1:]), "seal 1 is missing"),
        (edit("seals.jsonl", lambda n: n[:-1]), "fact"),
        (
            edit("seals.jsonl", lambda n: [n[0].replace(b'"layout": 1', b'"layout": 2'), *n[1:]]),
            "seal 1 was changed",
        ),
        (
            edit("anchors.jsonl", lambda n: [n[0].replace(b'"head": "', b'"head": "9')]),
            "is not in the chain",
        ),
        (resealed, "seal 2 does not follow seal 1"),
    ],
)
async def test_an_outsider_sees_it_from_the_export_alone(
    sealed: Database, tmp_path: Path, spoil: Spoil, named: str
) -> None:
    async with sealed.transaction() as tx:
        anchor = await publish_head(tx)
    assert anchor is not None
    folder = tmp_path / "facts"
    report = await export_facts(sealed, folder)
    assert await asyncio.to_thread(run_verifier, folder) == (0, report.partition(": ")[2])
    assert (await asyncio.to_thread(run_verifier, folder, "--head", anchor.head))[0] == 0
    assert (await asyncio.to_thread(run_verifier, folder, "--head", "1:00"))[0] == 1
    spoil(folder)
    code, output = await asyncio.to_thread(run_verifier, folder)
    assert code == 1
    assert output.startswith("NOT WHOLE: ")
    assert named in output


async def test_a_part_is_checked_like_the_whole(sealed: Database, tmp_path: Path) -> None:
    report = await export_facts(sealed, tmp_path / "inputs", ["clock_inputs"])
    assert "withheld" in report
    lines = (tmp_path / "inputs" / "facts.jsonl").read_bytes().splitlines()
    assert {json.loads(one)["relation"] for one in lines} == {"clock_inputs"}
    with pytest.raises(SystemExit, match="not empty"):
        await export_facts(sealed, tmp_path / "inputs")


async def test_what_is_not_whole_is_exported_all_the_same(
    sealed: Database, owner_url: str, tmp_path: Path
) -> None:
    """The auditor is to see it, too."""
    owner = await asyncpg.connect(owner_url)
    await owner.execute(
        "UPDATE sla.clock_inputs SET fired_without_events = true WHERE kind = 'fired'"
    )
    await owner.close()
    with pytest.raises(SystemExit, match="was written, but is not whole: fact"):
        await export_facts(sealed, tmp_path / "facts")
