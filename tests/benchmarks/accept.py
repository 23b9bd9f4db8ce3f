"""Accepting a ticket durably over HTTP, by a real `python -m intake serve` whose relay runs: as
shares of what pgbench does, and against the same thing built plainly."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from statistics import median

from common.persistence.ids import uuid7
from opsdesk_local.installation import Installation
from opsdesk_local.servers import Servers
from opsdesk_local.service import SERVICES, ServiceProcess
from opsdesk_testing.otlp_receiver import otlp_receiver
from tests.benchmarks import pgbench
from tests.benchmarks.environment import (
    open_installation,
    register_customer,
    replica_settings,
    running_process,
    schema_of,
    servers,
    token,
)
from tests.benchmarks.load import Load, Outcome, run_load
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale
from tests.benchmarks.sealing_accepted import share_of_sealing

CONNECTIONS = (16, 64)
WORK = "accept a ticket durably over HTTP"
PGBENCH = "pgbench, 16 clients"


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything the comparisons need: `bare` is a database like intake's for those beside it."""

    servers: Servers
    installation: Installation
    bare: str
    scale: Scale

    async def load(
        self, process: ServiceProcess, connections: int, *, keys: bool = False
    ) -> Outcome:
        return await run_load(
            tickets(self.installation, process, connections, self.scale.seconds, keys=keys)
        )


def tickets(
    installation: Installation,
    process: ServiceProcess,
    connections: int,
    seconds: float,
    *,
    rate: float | None = None,
    keys: bool = False,
) -> Load:
    """A load of new tickets for an intake."""
    return Load(
        url=f"{process.url}/v1/tickets",
        token=token(installation, "anna", "ops"),
        body=pgbench.BODY,
        connections=connections,
        seconds=seconds,
        rate=rate,
        keys=str(uuid7()) if keys else None,
    )


async def run(scale: Scale) -> AsyncIterator[Result]:
    with (
        servers() as found,
        open_installation(found, "intake") as installation,
        otlp_receiver(keep=False) as traces,
    ):
        async with schema_of(found, "intake") as bare:
            bench = Bench(found, installation, bare, scale)
            plain = replica_settings(installation, "intake")
            async with running_process(plain):
                await register_customer(installation, plain.url)
                for share in await _shares(bench, plain, "authentication", 0.55):
                    yield share
                rate = (await bench.load(plain, 64)).rate
            # Its own sealer has ended with it; what it left is sealed and timed here.
            yield await share_of_sealing(installation, rate)
            full = replica_settings(installation, "intake", OPSDESK_OTLP_ENDPOINT=traces.endpoint)
            what = "authentication, idempotency keys, limits, 1 % traced"
            async with running_process(full):
                for share in await _shares(bench, full, what, 0.65, keys=True):
                    yield share
            yield await _against_orm(bench)
            yield await _one_connection(bench)


async def _shares(
    bench: Bench, process: ServiceProcess, what: str, wanted: float, *, keys: bool = False
) -> list[Result]:
    """Both sides in turns; the medians count."""
    customer = await pgbench.customer_in(bench.bare)
    theirs: list[float] = []
    ours: Mapping[int, list[float]] = {connections: [] for connections in CONNECTIONS}
    for _ in range(bench.scale.rounds):
        theirs.append(await pgbench.rate(bench.servers, bench.bare, customer, bench.scale.seconds))
        for connections, rates in ours.items():
            rates.append((await bench.load(process, connections, keys=keys)).rate)
    rival = median(theirs)
    return [
        Result(
            f"{WORK}: {what}, {connections} connections",
            f"{median(rates):,.0f}/s",
            f"{PGBENCH} {rival:,.0f}/s",
            f"{median(rates) / rival:.2f}",
            f">= {wanted:.2f}",
            median(rates) / rival >= wanted,
        )
        for connections, rates in ours.items()
    ]


async def _against_orm(bench: Bench) -> Result:
    beside = {"OPSDESK_DATABASE_URL": bench.bare}
    rival = _like_intake(bench.installation, "tests.benchmarks.rival_orm", beside)
    mine, other = list[float](), list[float]()
    async with (
        running_process(replica_settings(bench.installation, "intake")) as ours,
        running_process(rival) as theirs,
    ):
        for _ in range(bench.scale.rounds):
            mine.append((await bench.load(ours, 64)).rate)
            other.append((await bench.load(theirs, 64)).rate)
    ratio = median(mine) / median(other)
    return Result(
        f"{WORK}: 64 connections",
        f"{median(mine):,.0f}/s",
        f"FastAPI + SQLAlchemy ORM {median(other):,.0f}/s",
        f"{ratio:.1f} x",
        ">= 10 x",
        ratio >= 10,
    )


async def _one_connection(bench: Bench) -> Result:
    """One after the other, so that the relay of only one of them runs beside it."""
    ours, theirs = list[float](), list[float]()
    for _ in range(bench.scale.rounds):
        async with running_process(replica_settings(bench.installation, "intake")) as process:
            ours.append((await bench.load(process, 1)).p50)
        async with running_process(
            _like_intake(bench.installation, "tests.benchmarks.unbatched", {})
        ) as process:
            theirs.append((await bench.load(process, 1)).p50)
    mine, other = median(ours), median(theirs)
    return Result(
        f"{WORK}: p50 at one connection",
        f"{mine * 1000:.2f} ms",
        f"the same without batches {other * 1000:.2f} ms",
        f"{mine / other:.2f} x",
        "<= 1.15 x",
        mine / other <= 1.15,
    )


def _like_intake(
    installation: Installation, module: str, settings: Mapping[str, str]
) -> ServiceProcess:
    """Another program with intake's environment."""
    environment = installation.environment(SERVICES[0]) | dict(settings)
    return ServiceProcess(
        module, environment, folder=installation.folder, name=module.rpartition(".")[2]
    )
