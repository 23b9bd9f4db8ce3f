"""What several journeys do: work a ticket, look at its clocks, tell what escalated."""

from collections.abc import Iterable
from datetime import datetime

from opsdesk import event_line
from opsdesk.api_client import JSON
from opsdesk.formatting import shown
from opsdesk.journeys.context import Stage
from opsdesk.journeys.support_hours import AMSTERDAM
from opsdesk.topic_reader import Record


def read(at: str) -> datetime:
    return datetime.fromisoformat(at)


def on_the_wall(at: datetime | str | None) -> str:
    """As the clock in Amsterdam shows it."""
    return shown(at, AMSTERDAM)


async def clocks_of(stage: Stage, ticket: str) -> dict[str, JSON]:
    """By metric, each with its firings."""
    found = stage["theo"].items("sla", f"/v1/tickets/{ticket}/clocks")
    return {
        clock["metric"]: await stage["theo"].get("sla", f"/v1/clocks/{clock['id']}")
        async for clock in found
    }


async def escalations_of(stage: Stage, **about: str) -> list[JSON]:
    """The cases about a ticket, an environment …, oldest first, each with its timeline."""
    found = [case async for case in stage["theo"].items("escalation", "/v1/escalations", **about)]
    path = "/v1/escalations/{key}"
    return [
        await stage["theo"].get("escalation", path.format_map(case)) for case in reversed(found)
    ]


async def on_call(stage: Stage, rota: str, at: datetime) -> str:
    """Who is paged first."""
    told = await stage["theo"].get("escalation", "/v1/oncall", rota=rota, at=at.isoformat())
    return str(told["items"][0]["people"][0])


async def reply(stage: Stage, who: str, ticket: str, text: str) -> None:
    await stage[who].post("intake", f"/v1/tickets/{ticket}/replies", {"text": text})
    stage.say(f"{who} replies on {ticket}.")


async def resolve_and_verify(stage: Stage, ticket: str, by: str, second: str, how: str) -> None:
    """Two different people, as R1 wants it."""
    await stage[by].post("intake", f"/v1/tickets/{ticket}/resolve", {"resolution": how})
    await stage[second].post("intake", f"/v1/tickets/{ticket}/verify")
    stage.say(f"{by} resolves {ticket}, {second} verifies it.")


def tell_clocks(stage: Stage, clocks: dict[str, JSON]) -> None:
    for metric, clock in clocks.items():
        outcome = clock["outcome"] or clock["state"]
        stage.say(f"  clock {metric}: {outcome}, deadline {on_the_wall(clock['deadline'])}")


def tell_firings(stage: Stage, clock: JSON) -> None:
    for firing in clock["firings"]:
        due, lag = on_the_wall(firing["due_at"]), firing["lag_ms"]
        stage.say(f"  {clock['metric']} {firing['kind']}: due {due}, fired {lag} ms later")


def tell_letters(stage: Stage, *names: str) -> None:
    """What has been mailed since the last telling about one of these tickets or cases."""
    for letter in stage.fresh_letters():
        subject = " ".join(str(letter["Subject"]).split())
        if any(name in subject for name in names):
            stage.say(f"  mail to {letter['X-Envelope-To']}: {subject}")


def tell_records(stage: Stage, records: Iterable[Record]) -> None:
    for record in records:
        stage.say(
            f"  {record.topic}[{record.partition}]@{record.offset}  {event_line.line(record, AMSTERDAM)}"
        )
