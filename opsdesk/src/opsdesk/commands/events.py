"""The command `opsdesk events tail TOPIC`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import event_line, json_output, topic_reader
from opsdesk.commands.console import print_line, run_command
from opsdesk.endpoints import find_endpoints
from opsdesk.invocation import current

app = Typer(help="Events on the topics.", no_args_is_help=True)


@app.command()
def tail(
    topic: Annotated[
        str,
        Argument(help="Such as opsdesk.escalations.dm; opsdesk stands for OPSDESK_TOPIC_PREFIX."),
    ],
    from_start: Annotated[bool, Option(help="Begin with the oldest event.")] = False,
    count: Annotated[int, Option(min=0, help="End after so many events; 0: never.")] = 0,
) -> None:
    """Print the events of a topic as they come, a line each, until Ctrl-C."""
    run_command(_tail(topic, from_start, count))


async def _tail(topic: str, from_start: bool, count: int) -> None:
    remaining = count
    endpoints = find_endpoints()
    async with topic_reader.open_consumer(
        endpoints.kafka, endpoints.topic(topic), from_start=from_start
    ) as consumer:
        async for record in topic_reader.follow(consumer):
            _print(record)
            remaining -= 1
            if remaining == 0:
                return


def _print(record: topic_reader.Record) -> None:
    if current().as_json:
        head = {"type": record.type, "subject": record.subject, "time": record.time}
        json_output.write_line(head | {"data": record.body})
    else:
        print_line(event_line.format_event(record))
