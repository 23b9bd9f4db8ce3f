"""Apache Kafka's jars, downloaded once by Maven as the `pom.xml` of this package says."""

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
    """Return the folder of jars for the present `pom.xml`, downloaded if missing."""
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
        *maven_repository(),
    ]
    run_to_end(
        ["mvn", "-q", "-B", "-f", POM, *goal],
        what="Downloading Kafka",
        folder=state.folder,
    )
    install(fresh, home)


def maven_repository() -> list[str]:
    """Return the option for Maven's repository below HOME: Java ignores HOME."""
    home = Path.home()
    account = Path(pwd.getpwuid(os.getuid()).pw_dir)
    return [] if home == account else [f"-Dmaven.repo.local={home / '.m2' / 'repository'}"]
