"""The twelve faults, each as a play: cause it; once its alert is raised, diagnose it by the alert's page; mend it by that page.

A play is a generator. It gives nothing once the fault is there, then what the page's commands printed, and ends when it has mended it.
"""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from opsdesk.commands.token import read_claims
from tests.drills.page import Drill, line_of
from tests.drills.stage import Stage, asking, session_that_sleeps, sole_holder

Play = Callable[[Stage, Drill], AsyncIterator[str]]
CAUSED: Final = ""
READY: Final = "curl -s http://127.0.0.1:9001/health/ready"
END_SESSION: Final = "SELECT pg_terminate_backend({pid})"
READERS: Final = ("sla", "escalation", "delivery-gate")
"""Who reads the topic of tickets."""


async def kafka_away(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    assert stage.site.servers.kafka is not None
    broker = stage.site.servers.kafka.brokers[0].child
    assert broker is not None
    broker.send_to_all(signal.SIGSTOP)  # as `docker pause` does
    try:
        await stage.open_ticket("major")
        yield CAUSED
        answer = await stage.typed(drill.page, READY)
        yield answer + "\n" + await stage.asks(drill.page, "pg_total_relation_size")
    finally:
        broker.send_to_all(signal.SIGCONT)


async def topic_gone(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    await stage.kafka(*drill.kafka)
    try:
        yield CAUSED
        yield await stage.typed(drill.page, "python -m intake topics plan", "escalation")
    finally:
        await stage.typed(drill.page, "python -m intake topics apply", "sla")


async def event_too_large(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    [line] = drill.kafka
    await stage.kafka(line)
    await stage.open_ticket("major")
    undo = line.replace("--add-config max.message.bytes=100", "--delete-config max.message.bytes")
    try:
        yield CAUSED
        yield await stage.asks(drill.page, "held_by")
    finally:
        await stage.kafka(undo)
        await asyncio.to_thread(stage.site.desk.services["intake"].restart)


async def relay_lock_held(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    [statements] = drill.psql
    async with stage.session(statements):
        yield CAUSED
        answer = await stage.typed(drill.page, READY)
        holders = await stage.asks(drill.page, "opsdesk relay")
        yield f"{answer}\n{holders}"
        await stage.sql(END_SESSION.format(pid=sole_holder(holders)))


async def event_lost(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    holder, deletion = drill.psql
    async with stage.session(holder):
        # Of a priority that this customer was promised nothing for: no deadline of it is late afterwards.
        key = await stage.open_ticket("trivial")
        changed = {"priority": "major", "reason": "drill 5"}
        await stage.post(f"/v1/tickets/{key}/prioritise", changed)
        for statement in deletion:
            await stage.sql(statement)
    yield CAUSED
    yield await stage.typed(drill.page, "python -m sla parked list", "sla")
    line_of(drill.page, "python -m sla parked release 41 --reason")
    for service in READERS:
        module = stage.site.desk.services[service].module
        listed = await stage.run(f"python -m {module} parked list", service)
        for number in re.findall(r"^(\d+)  ", listed, re.MULTILINE):
            await stage.run(
                f"python -m {module} parked release {number} --reason 'drill 5'", service
            )


async def rubbish(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    await stage.kafka(*drill.kafka)
    yield CAUSED
    yield await stage.typed(drill.page, "python -m sla dlq list", "sla")
    for service in READERS:
        module = stage.site.desk.services[service].module
        listed = await stage.run(f"python -m {module} dlq list", service)
        for number in re.findall(r"^(\d+)  ", listed, re.MULTILINE):
            await stage.run(f"python -m {module} dlq skip {number} --reason 'drill 6'", service)


async def mail_away(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    await asyncio.to_thread(stage.site.desk.mail.stop)
    try:
        await stage.open_ticket("critical")
        yield CAUSED
        answer = await stage.typed(drill.page, "python -m escalation doctor", "escalation")
        yield answer + "\n" + await stage.asks(drill.page, "escalation.notifications")
    finally:
        await asyncio.to_thread(stage.site.desk.mail.start)


async def replica_gone(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    process = stage.site.desk.services["sla"]
    await asyncio.to_thread(process.stop)
    try:
        yield CAUSED
        where = process.management_url
        answer = await stage.run(f"curl -sS {where}/health/live || echo it does not answer")
        doctor = await stage.typed(drill.page, "python -m intake doctor", "sla")
        log = [line for line in stage.log_lines("sla", "") if '"http.request"' not in line]
        yield "\n".join([answer, *log[-5:], doctor])
    finally:
        await asyncio.to_thread(process.start)


async def database_away(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    postgres = stage.site.servers.postgres
    assert postgres is not None
    await asyncio.to_thread(postgres.stop)
    try:
        async with asking(stage, stage.site.token("anna", "ops"), every_s=1):
            yield CAUSED
            yield await stage.typed(drill.page, READY)
    finally:
        await asyncio.to_thread(postgres.start)


async def sealer_lock_held(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    [statements] = drill.psql
    async with stage.session(statements):
        yield CAUSED
        answer = await stage.typed(drill.page, READY)
        holders = await stage.asks(drill.page, "7270003")
        yield f"{answer}\n{holders}"
        await stage.sql(END_SESSION.format(pid=session_that_sleeps(holders, "pid")))


async def table_held(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    [statements] = drill.psql
    async with stage.session(statements):
        await stage.open_ticket("major")
        yield CAUSED
        answer = await stage.typed(drill.page, READY, "sla")
        holders = await stage.asks("late-deadlines.md", "pg_blocking_pids")
        yield f"{answer}\n{holders}"
        await stage.sql(END_SESSION.format(pid=session_that_sleeps(holders, "held_by")))


async def revoked_token_used(stage: Stage, drill: Drill) -> AsyncIterator[str]:
    token = stage.site.machine_token("drill", "alerts:write")
    revoked = {"kind": "token", "name": read_claims(token)["jti"], "reason": "drill 12"}
    await stage.post("/v1/token-revocations", revoked)
    async with asking(stage, token, every_s=0.5):
        yield CAUSED
        yield "\n".join(stage.log_lines("intake", "security.authentication_failed")[-2:])


@dataclass(frozen=True, slots=True)
class Fault:
    """`number` of the page. Its alert is raised for `service`; None: for any that reads what is gone.

    `named` is the pattern of the cause in what the page's commands print. `raised_late`, `ends_late`: others are played
    until its alert is raised, or has ended. `alone`: nothing else is open meanwhile.
    """

    number: int
    service: str | None
    play: Play
    named: str
    raised_late: bool = False
    ends_late: bool = False
    alone: bool = False
    ends_within_s: float = 240

    @property
    def beside(self) -> bool:
        """Whether others are played while it lasts."""
        return self.raised_late or self.ends_late


FAULTS: Final = (
    # Its alert looks back on a quarter of an hour, so it ends last.
    Fault(
        12,
        "intake",
        revoked_token_used,
        r"authentication_failed.*revoked",
        ends_late=True,
        ends_within_s=1020,
    ),
    Fault(3, "intake", event_too_large, r"'topic': 'opsdesk\.tickets'.*'held_by': 'key'"),
    Fault(10, "intake", sealer_lock_held, r"pg_sleep", raised_late=True),
    Fault(5, "sla", event_lost, r"opsdesk\.tickets .*have not come", raised_late=True),
    Fault(6, "sla", rubbish, r"opsdesk\.tickets", raised_late=True),
    Fault(1, "intake", kafka_away, r"Kafka does not answer"),
    Fault(8, "sla", replica_gone, r"it does not answer.*draining"),
    Fault(7, "escalation", mail_away, r"mail"),
    Fault(4, "intake", relay_lock_held, r"'pid': \d+"),
    Fault(11, "sla", table_held, r"LOCK TABLE sla\.clocks"),
    Fault(2, None, topic_gone, r"would create [^\n]*opsdesk\.clocks"),
    # Ends all sessions of the others: last.
    Fault(9, "intake", database_away, r"database.*does not answer", alone=True),
)
"""In the order in which they are played."""
