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
from tests.deployment.page import settings_files

UV: Final = Path(sys.executable).with_name("uv")
DEVELOPMENT: Final = ("opsdesk", "opsdesk_local", "opsdesk_testing")
OF_THE_OWNER: Final = ("database", "migrate")
"""Commands that need the owner's file beside the service's own."""
SEND_MAIL: Final = ("intake", "escalation")
LOOK: Final = (
    "import importlib.util as u, sys; print([name for name in sys.argv[1:] if u.find_spec(name)])"
)


@dataclass(slots=True)
class Deployed:
    """A service in `folder`; `more` are the settings that it has beside those of docs/deploy.md."""

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
        if self.name == "intake":
            (self.folder / "attachments").mkdir()
        found = run(self.folder, str(self.python), "-c", LOOK, *DEVELOPMENT)
        assert found.strip() == "[]", "nothing of the development set-up came along"

    def settings(self) -> dict[str, str]:
        """Return its file of settings, as docs/deploy.md has it for intake; secrets are in files for few."""
        self.secret("database-url", self._database_url(f"opsdesk_{self.module}"))
        self.secret("kafka-password", self.given.kafka_password)
        own, _ = settings_files()
        needed = {name: value for name, value in own.items() if self._needs(name)}
        return {**self._here(needed), "OPSDESK_HTTPS_CA_FILE": self.authority, **self.more}

    def owner_settings(self) -> dict[str, str]:
        """Return the owner's file, for commands about the database and the schema."""
        self.secret("owner-url", self._database_url(f"opsdesk_{self.module}_owner"))
        self.secret("admin-url", self.given.admin_url)
        _, owner = settings_files()
        return self._here(owner)

    @property
    def authority(self) -> str:
        return str(self.given.authority.file)

    def _needs(self, name: str) -> bool:
        if name == "OPSDESK_ATTACHMENT_STORAGE":
            return self.name == "intake"
        return self.name in SEND_MAIL or not name.startswith(("OPSDESK_SMTP_", "OPSDESK_MAIL_"))

    def _here(self, settings: Mapping[str, str]) -> dict[str, str]:
        """The page's values, with what this installation has in the place of the page's examples."""
        given, folder = self.given, self.folder
        examples = {
            "/run/secrets/": f"{folder}/secrets/",
            "/run/owner/": f"{folder}/secrets/",
            "/etc/opsdesk/authorities/ca.pem": self.authority,
            "kafka.example.com:9093": given.kafka,
            "opsdesk-intake": f"opsdesk-{self.name}",
            "https://id.example.com/realms/opsdesk/protocol/openid-connect/certs": f"{given.issuer.issuer}/jwks.json",
            "https://id.example.com/realms/opsdesk": given.issuer.issuer,
            "mail.example.com:465": given.mail_server,
            "/var/lib/opsdesk/attachments": str(folder / "attachments"),
        }
        found = {}
        for name, value in settings.items():
            for example, here in examples.items():
                if example in value:
                    value = value.replace(example, here)
                    break
            found[name] = value
        return found

    def _database_url(self, role: str) -> str:
        return f"postgresql://{role}:{_password(role)}@{self.given.database}/opsdesk"

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
        settings = self.settings() | (self.owner_settings() if words[0] in OF_THE_OWNER else {})
        environment = {name: value for name, value in (settings | more).items() if value}
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
        """Run `database plan` or `database apply`."""
        return self.command("database", word)

    def administer_topics(self, word: str) -> str:
        """Run `topics plan` or `topics apply`, as the user who may."""
        return self.command("topics", word, OPSDESK_KAFKA_USERNAME=TOPICS)

    def grant(self, *words: str) -> None:
        """Give the rights that `acls …` prints, by running what it prints."""
        self.given.administer_kafka(self.command("acls", *words))

    def serve(self) -> None:
        """Start it, and wait until it says ready."""
        environment = {"PATH": os.environ["PATH"], **self.settings()}
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
