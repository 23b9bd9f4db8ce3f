"""Apache Kafka's jars, fetched once by Maven as the `pom.xml` beside this package says."""

import hashlib
import os
import pwd
import shutil
from pathlib import Path

from opsdesk_local.errors import LocalRunError
from opsdesk_local.postgres_programs import install
from opsdesk_local.processes import run_to_end
from opsdesk_local.state import CLONE, State

POM = CLONE / "deploy" / "local" / "pom.xml"


def kafka_jars(state: State) -> Path:
    """The folder of jars that belongs to this very `pom.xml`."""
    home = state.downloads / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:8]}"
    if not home.exists():
        _fetch(state, home)
    return home


def _fetch(state: State, home: Path) -> None:
    if not shutil.which("mvn"):
        raise LocalRunError("Downloading Kafka needs Maven: apt-get install maven")
    state.downloads.mkdir(exist_ok=True)
    state.downloads.chmod(0o755)
    fresh = home.with_name(f"{home.name}.{os.getpid()}")
    goal = [
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={fresh}",
        *_repository(),
    ]
    run_to_end(
        ["mvn", "-q", "-B", "-f", POM, *goal],
        what="Downloading Kafka",
        folder=state.folder,
    )
    install(fresh, home)


def _repository() -> list[str]:
    """Java takes the home folder from the user's account; what a person set as HOME goes before."""
    home = Path.home()
    account = Path(pwd.getpwuid(os.getuid()).pw_dir)
    return [] if home == account else [f"-Dmaven.repo.local={home / '.m2' / 'repository'}"]
