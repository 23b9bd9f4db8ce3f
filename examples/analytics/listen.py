"""Reads `opsdesk.tickets` and `opsdesk.clocks` into a DuckDB file: `python listen.py warehouse.duckdb [--until-now]`.

KAFKA names the brokers. KAFKA_USER and KAFKA_PASSWORD sign in by SASL_SSL with SCRAM; without them the Kafka is a plain one
of a development machine.
"""

import argparse
import asyncio
import json
import os
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from warehouse import OWNERS, Record, Warehouse

WAIT_MS: Final = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="the DuckDB file; made where it is not there")
    parser.add_argument("--prefix", default="opsdesk", help="what the topics' names begin with")
    parser.add_argument("--until-now", action="store_true", help="end at what is there already")
    parser.add_argument("--batch", type=int, default=5000, help="records in a transaction at most")
    given = parser.parse_args()
    topics = [f"{given.prefix}.{name}" for name in OWNERS]
    warehouse = Warehouse(given.file)
    try:
        asyncio.run(listen(warehouse, topics, batch=given.batch, until_now=given.until_now))
    finally:
        warehouse.close()


async def listen(warehouse: Warehouse, topics: list[str], *, batch: int, until_now: bool) -> None:
    """Read on where the file is. It needs no consumer group: positions are in the file, with what was read."""
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=os.environ["KAFKA"],
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **_sign_in(),
    )
    await consumer.start()
    try:
        partitions = sorted(consumer.assignment())
        first = await consumer.beginning_offsets(partitions)
        await _seek(consumer, first, warehouse.positions())
        last = await consumer.end_offsets(partitions) if until_now else None
        while last is None or not _reached(last, first, warehouse.positions()):
            polled = await consumer.getmany(timeout_ms=WAIT_MS, max_records=batch)
            if records := [_read(one) for many in polled.values() for one in many]:
                warehouse.apply(records)
                print(f"{len(records)} records", flush=True)  # noqa: T201 - what it does
    finally:
        await consumer.stop()


async def _seek(
    consumer: AIOKafkaConsumer,
    first: Mapping[TopicPartition, int],
    known: Mapping[tuple[str, int], int],
) -> None:
    for partition, begins_at in first.items():
        offset = known.get(partition, begins_at)
        if offset < begins_at:
            raise SystemExit(
                f"{partition.topic}, partition {partition.partition}: {begins_at - offset} records were deleted before "
                "they were read (topics keep 400 days). Begin with a new file; ask for `announce` where that is too little."
            )
        consumer.seek(partition, offset)


def _reached(
    last: Mapping[TopicPartition, int],
    first: Mapping[TopicPartition, int],
    known: Mapping[tuple[str, int], int],
) -> bool:
    return all(known.get(one, first[one]) >= end for one, end in last.items())


def _read(record: ConsumerRecord) -> Record:
    headers = _attributes(record.headers)
    return Record(
        record.topic,
        record.partition,
        record.offset,
        headers.get("ce_type", ""),
        headers.get("ce_source", ""),
        headers.get("ce_subject", ""),
        int(headers.get("ce_sequence", 0)),
        json.loads(record.value or b"{}"),
    )


def _attributes(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    return {name: value.decode() for name, value in headers}


def _sign_in() -> dict[str, Any]:
    if "KAFKA_USER" not in os.environ:
        return {}
    return {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "ssl_context": ssl.create_default_context(cafile=os.environ.get("KAFKA_CA_FILE")),
        "sasl_plain_username": os.environ["KAFKA_USER"],
        "sasl_plain_password": os.environ["KAFKA_PASSWORD"],
    }


if __name__ == "__main__":
    main()
