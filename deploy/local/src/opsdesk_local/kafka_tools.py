"""Kafka's programs for its administrator (`kafka-acls.sh` and its like): to run what we print and write down, word for word."""

import os
import shlex
from pathlib import Path
from typing import Final

from opsdesk_local.jvm import QUICK_START_OPTIONS, java
from opsdesk_local.kafka_jars import kafka_jars, maven_repository
from opsdesk_local.postgres_programs import install
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import State

ARTIFACT: Final = "org.apache.kafka:kafka-tools:4.3.0"
"""Of the same version as the broker in `pom.xml`, whose jars it needs beside its own."""
PROGRAMS: Final = {
    "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
    "kafka-console-producer.sh": "org.apache.kafka.tools.ConsoleProducer",
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
    "kafka-consumer-groups.sh": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
}


def write_kafka_programs(state: State, folder: Path) -> Path:
    """Write the programs into a folder, for PATH. Returns it. Raises LocalRunError."""
    folder.mkdir(parents=True, exist_ok=True)
    jars = f"{kafka_jars(state)}/*:{_tools(state)}/*"
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
    for name, main in PROGRAMS.items():
        line = shlex.join([java(), *QUICK_START_OPTIONS, quiet, "-cp", jars, main])
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec {line} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    return folder


def _tools(state: State) -> Path:
    home = state.downloads / ARTIFACT.rpartition("kafka:")[2].replace(":", "-")
    if not home.exists():
        state.downloads.mkdir(exist_ok=True)
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        goal = ["dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={fresh}"]
        run_to_end(
            ["mvn", "-q", "-B", *goal, *maven_repository()],
            what="Downloading Kafka's programs",
            folder=state.folder,
        )
        install(fresh, home)
    return home
