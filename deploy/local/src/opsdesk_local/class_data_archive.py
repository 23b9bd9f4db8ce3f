"""An archive of Kafka's loaded classes, created once to make later starts quick."""

import tempfile
from pathlib import Path

from opsdesk_local.jvm import class_archive
from opsdesk_local.kafka import Kafka
from opsdesk_local.kafka_jars import kafka_jars
from opsdesk_local.state import State
from opsdesk_local.topics import create_topics


def kafka_programs(state: State) -> Path:
    """Return the folder of jars with the class archive, fetched and created if missing."""
    jars = kafka_jars(state)
    if not class_archive(jars).exists():
        _create_archive(jars)
    return jars


def _create_archive(jars: Path) -> None:
    """Create the archive: a broker that has started and worked writes it when it stops."""
    with tempfile.TemporaryDirectory(dir=jars.parent) as name:
        folder = Path(name)
        draft = folder / "classes.jsa"
        kafka = Kafka(folder, jars, java_options=[f"-XX:ArchiveClassesAtExit={draft}"])
        try:
            kafka.start()
            create_topics(kafka.bootstrap)
        finally:
            kafka.stop()
        if draft.exists():
            draft.rename(class_archive(jars))
