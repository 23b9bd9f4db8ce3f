"""The lines for subscribers in docs/integrate do what they say, against a real Kafka.

Run as they stand there, but for the topic, the group, and the sign-in that this Kafka does not ask for.
"""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic

from common.messaging.kafka import Kafka
from common.messaging.topic_admin import admin_client
from common.persistence.ids import uuid7
from opsdesk_local import open_state
from opsdesk_local.jvm import java
from opsdesk_local.kafka_jars import kafka_jars

PAGE = (Path(__file__).parents[2] / "docs/integrate/subscribers.md").read_text(encoding="utf-8")
PATIENCE_S = 120.0
IMPORTS = "public class Listen { public static void main(String[] arguments) {\n%s\n} }\n"


def lines_in(language: str) -> str:
    [block] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    # A listener that was killed is still in its group for a while, and another language's may not join it.
    return str(block).replace("team-dm.pager", f"team-dm.{language}")


@pytest.fixture
async def topic(kafka: Kafka) -> AsyncIterator[str]:
    """A topic with two events of one subject, the first of them twice."""
    name = f"subscribers-{uuid7()}"
    async with admin_client(kafka) as admin:
        await admin.create_topics([NewTopic(name, 1, 1)])
        async with AIOKafkaProducer(**kafka.options()) as producer:
            for sequence in (1, 1, 2):
                await producer.send_and_wait(
                    name, b'{"step": %d}' % sequence, headers=_headers(sequence)
                )
        yield name
        await admin.delete_topics([name])


def _headers(sequence: int) -> list[tuple[str, bytes]]:
    named = {
        "ce_type": "opsdesk.escalation.opened.v1",
        "ce_source": "opsdesk/escalation",
        "ce_subject": "escalation/1",
        "ce_sequence": str(sequence),
    }
    return [(name, value.encode()) for name, value in named.items()]


async def listen(lines: int, *command: object, **environment: Any) -> list[str]:
    """Run a listener until it has printed as many lines; it would listen for ever."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=PIPE, env={**os.environ, **environment}
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            return [(await process.stdout.readline()).decode().strip() for _ in range(lines)]
    finally:
        process.kill()
        await process.wait()


async def test_the_lines_in_python_drop_what_comes_twice(
    kafka: Kafka, topic: str, tmp_path: Path
) -> None:
    script = tmp_path / "listen.py"
    script.write_text(lines_in("python").replace("opsdesk.escalations.dm", topic))
    output = await listen(2, sys.executable, script, KAFKA=kafka.servers, KAFKA_PLAIN="1")
    assert output == [
        "opsdesk.escalation.opened.v1 escalation/1 {'step': 1}",
        "opsdesk.escalation.opened.v1 escalation/1 {'step': 2}",
    ]


@pytest.mark.programs  # a JDK compiles them; Kafka itself needs a JRE alone
async def test_the_lines_in_java_read_the_same(kafka: Kafka, topic: str, tmp_path: Path) -> None:
    lines = (
        lines_in("java").replace("opsdesk.escalations.dm", topic).replace("SASL_SSL", "PLAINTEXT")
    )
    source = tmp_path / "Listen.java"
    source.write_text(IMPORTS % lines)
    jars = kafka_jars(open_state())
    output = await listen(
        3, java(), "-cp", f"{jars}/*", source, KAFKA=kafka.servers, KAFKA_PASSWORD="x"
    )
    assert output == [f'opsdesk.escalation.opened.v1 {{"step": {step}}}' for step in (1, 1, 2)]
