"""`opsdesk events tail TOPIC`: what teams that subscribe see."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import event_line, topic_reader
from opsdesk.commands.console import print_line, run_command
from opsdesk.endpoints import find_endpoints

app = Typer(help="Events as they lie on the topics.", no_args_is_help=True)


@app.command()
def tail(
    topic: Annotated[str, Argument(help="Such as opsdesk.escalations.dm.")],
    from_start: Annotated[bool, Option(help="Begin with the oldest event kept.")] = False,
    count: Annotated[int, Option(min=0, help="End after so many events; 0 is never.")] = 0,
) -> None:
    """Print a topic's events, a line each, as they come. Ctrl-C ends it."""
    run_command(_tail(topic, from_start, count))


async def _tail(topic: str, from_start: bool, count: int) -> None:
    remaining = count
    async with topic_reader.open_consumer(
        find_endpoints().kafka, topic, from_start=from_start
    ) as consumer:
        async for record in topic_reader.follow(consumer):
            print_line(event_line.format_event(record))
            remaining -= 1
            if remaining == 0:
                return
