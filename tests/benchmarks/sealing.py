"""What sealing costs sla's consumer: tickets to clocks with everything of it, and without.

The same polls go to two databases in turns: one as it is, whose facts are sealed after every few polls, and
one without the columns and triggers that sealing needs. What a poll takes, and a pass, are medians: a machine
that is busy for a moment says nothing about either side. A pass counts for the polls that it follows, as if it
ran between them and not beside them on another core, over 15,000 tickets (in life: of a minute). Intake's way of a
ticket has nothing of it but its audit entry, which `accept` measures.
"""

import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from statistics import median

import asyncpg

from common.persistence.database import Database
from opsdesk_testing.databases import Templates
from opsdesk_testing.protocol import deliver
from sla.clocks import reactions
from sla.evidence.fact_sealing import seal_facts
from sla.handlers import HANDLERS
from sla.reactions import REACTIONS
from sla_support.company import promise, ticket_opened
from tests.benchmarks.environment import servers
from tests.benchmarks.result import Result
from tests.benchmarks.scale import QUICK, Scale

POLL = 500
LEAST = 0.97

_WITHOUT = """
DROP TRIGGER counts_of_inserts ON clock_inputs; DROP TRIGGER counts_of_rewriting ON clock_inputs;
ALTER TABLE clock_inputs DROP COLUMN position, DROP COLUMN xid;
"""


async def run(scale: Scale) -> AsyncIterator[Result]:
    reactions.install(REACTIONS)
    polls, rounds = (2, 2) if scale is QUICK else (30, 3)
    with servers() as found:
        templates = Templates(found, prefix=f"bench_{os.getpid()}")
        template = await templates.of("sla")
        async with AsyncExitStack() as stack:
            sides: list[Database] = []
            for number in (1, 2):
                url = await stack.enter_async_context(templates.clone(template, number))
                sides.append(Database(url, "sla", pool_size=4))
                stack.push_async_callback(sides[-1].close)
                await promise(sides[-1])
            owner_url = templates.owner_url(template, sides[1].url.rpartition("/")[2])
            owner = await asyncpg.connect(owner_url, server_settings={"search_path": "sla"})
            await owner.execute(_WITHOUT)
            await owner.close()
            taken: tuple[list[float], list[float]] = [], []
            passes = []
            for poll in range(rounds * polls):
                for side in (0, 1) if poll % 2 else (1, 0):
                    taken[side].append(await _consume(sides[side], poll))
                if poll % polls == polls - 1:
                    began = time.perf_counter()
                    await seal_facts(sides[0])
                    passes.append(time.perf_counter() - began)
        await templates.drop_all()
    sealed, plain = median(taken[0]) + median(passes) / polls, median(taken[1])
    ratio, facts = plain / sealed, polls * POLL * 2
    yield Result(
        "tickets to clocks in sla, facts sealed",
        f"{POLL / sealed:,.0f}/s",
        f"without sealing {POLL / plain:,.0f}/s",
        f"{ratio:.3f}",
        f">= {LEAST}",
        ratio >= LEAST,
    )
    yield Result(
        f"a pass of the sealer over {facts:,} inputs of clocks",
        f"{median(passes) * 1000:.0f} ms",
        "",
        f"{median(passes) / facts * 1e6:.1f} us each",
        "",
        None,
    )


async def _consume(database: Database, poll: int) -> float:
    """Seconds for a poll of new tickets, with two clocks each."""
    numbers = range(poll * POLL + 1, (poll + 1) * POLL + 1)
    batch = [(ticket_opened(number, priority="major"), 1) for number in numbers]
    began = time.perf_counter()
    await deliver(database, HANDLERS, *batch)
    return time.perf_counter() - began
