"""Writes golden records and schemas of what is new: `python -m tests.contracts.generate`.

What has been released is never written again; `--anew` is for the time before the first release.
"""

import shutil
import sys

from common.events import EVENTS
from common.events.envelope import Event
from tests.contracts.compatibility import differences, schema_of
from tests.contracts.example import example, headers_of
from tests.contracts.released import GOLDEN, SCHEMAS, Golden, newest, released_schema, write_schema


def golden_of(kind: type[Event], number: int) -> Golden:
    """Today's example of a type."""
    event = example(kind)
    return Golden(kind.type, number, event.key(), headers_of(event), event.model_dump(mode="json"))


def main(anew: bool) -> int:
    for folder in (GOLDEN, SCHEMAS):
        if anew:
            shutil.rmtree(folder)
        folder.mkdir(exist_ok=True)
    present = newest()
    for type_, kind in sorted(EVENTS.items()):
        schema, released = schema_of(kind), released_schema(type_)
        if released and (broken := differences(type_, released, schema)):
            sys.stderr.write("\n".join(broken) + "\n")
            return 1
        write_schema(type_, schema)
        last = present.get(type_)
        if last is None or set(last.body) < set(kind.model_fields):
            golden_of(kind, last.number + 1 if last else 1).write()
            sys.stdout.write(f"new: {type_}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(anew="--anew" in sys.argv))
