"""A service as an ops engineer has it: wheels in a virtual environment, settings, secrets in files, and its commands."""

import os
import secrets
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from opsdesk_local.service import ServiceProcess
from tests.deployment.conftest import run
from tests.deployment.given import TOPICS, Given

UV: Final = Path(sys.executable).with_name("uv")
DEVELOPMENT: Final = ("opsdesk", "opsdesk_local", "opsdesk_testing")
LOOK: Final = (
    "import importlib.util as u, sys; print([name for name in sys.argv[1:] if u.find_spec(name)])"
)


@dataclass(slots=True)
class Deployed:
    """A service in `folder`; `more` are the settings that it has beside those that all have."""

    name: str
    given: Given
    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)
    process: ServiceProcess | None = None

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    @property
    def python(self) -> Path:
        return self.folder / "bin/python"

    @property
    def running(self) -> ServiceProcess:
        assert self.process is not None, f"{self.name} was not started"
        return self.process

    def install(self, wheels: Path, version: str) -> None:
        """Install the service from a release's wheels, as docs/release.md says, and nothing else."""
        run(
            wheels.parent,
            str(UV),
            "venv",
            "--quiet",
            "--python",
            sys.executable,
            str(self.folder),
        )
        line = (str(UV), "pip", "install", "--quiet", "-c", "constraints.txt", "--find-links", ".")
        run(wheels, *line, f"opsdesk-{self.name}=={version}", VIRTUAL_ENV=str(self.folder))
        found = run(self.folder, str(self.python), "-c", LOOK, *DEVELOPMENT)
        assert found.strip() == "[]", "nothing of the development set-up came along"

    def settings(self) -> dict[str, str]:
        """Return the settings of docs/deploy.md for this service; secrets are in files for few."""
        given, certificate = self.given, str(self.given.authority.file)
        login = {
            "OPSDESK_DATABASE_URL": f"opsdesk_{self.module}",
            "OPSDESK_MIGRATION_DATABASE_URL": f"opsdesk_{self.module}_owner",
        }
        urls = {
            name: self.secret(
                name, f"postgresql://{role}:{_password(role)}@{given.database}/opsdesk"
            )
            for name, role in login.items()
        }
        return {
            **{f"{name}_FILE": path for name, path in urls.items()},
            "OPSDESK_DATABASE_CA_FILE": certificate,
            "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": given.kafka,
            "OPSDESK_KAFKA_USERNAME": f"opsdesk-{self.name}",
            "OPSDESK_KAFKA_PASSWORD_FILE": self.secret("kafka-password", given.kafka_password),
            "OPSDESK_KAFKA_CA_FILE": certificate,
            "OPSDESK_ISSUER": given.issuer.issuer,
            "OPSDESK_JWKS_URL": f"{given.issuer.issuer}/jwks.json",
            "OPSDESK_HTTPS_CA_FILE": certificate,
            **self.more,
        }

    def secret(self, name: str, value: str) -> str:
        """Write a secret into a file that its user alone reads. Returns its path."""
        path = self.folder / "secrets" / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(mode=0o400)
        path.chmod(0o600)
        path.write_text(value, encoding="utf-8")
        path.chmod(0o400)
        return str(path)

    def command(self, *words: str, fails: bool = False, **more: str) -> str:
        """Run one of its commands; return what it printed. `more` are settings for this one alone, empty: not there."""
        environment = {name: value for name, value in (self.settings() | more).items() if value}
        done = subprocess.run(
            [self.python, "-m", self.module, *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert bool(done.returncode) is fails, f"{self.name} {' '.join(words)}:\n{done.stdout}"
        return done.stdout

    def administer_database(self, word: str) -> str:
        """Run `database plan` or `database apply`, with the administrator's address beside the settings."""
        admin = self.secret("admin-url", self.given.admin_url)
        return self.command("database", word, OPSDESK_ADMIN_DATABASE_URL_FILE=admin)

    def administer_topics(self, word: str) -> str:
        """Run `topics plan` or `topics apply`, as the user who may."""
        return self.command("topics", word, OPSDESK_KAFKA_USERNAME=TOPICS)

    def grant(self, *words: str) -> None:
        """Give the rights that `acls …` prints, by running what it prints."""
        self.given.administer_kafka(self.command("acls", *words))

    def serve(self) -> None:
        """Start it, and wait until it says ready."""
        environment = {"PATH": os.environ["PATH"], **self.settings()}
        # The service never sees its owner's address.
        del environment["OPSDESK_MIGRATION_DATABASE_URL_FILE"]
        self.process = ServiceProcess(
            self.module, environment, folder=self.folder, name=self.name, python=self.python
        )
        self.process.start()


def new_key() -> str:
    """Return a key of 32 bytes, as docs/deploy.md says to make one."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _password(role: str) -> str:
    """One of its own for each role, with what addresses have to escape."""
    return f"p%40ss-of-{role}"
