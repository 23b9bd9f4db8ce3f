"""What an ops engineer is given before OpsDesk comes: PostgreSQL, Kafka, a mail server, an identity provider, an authority.

All of them take TLS alone. In PostgreSQL there is an administrator who is no superuser, on Kafka an authorizer that
refuses whatever was not granted.
"""

import os
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname
from typing import Final

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from common.auth.local_issuer import LocalIssuer
from opsdesk.company.demo_data import read_demo_data
from opsdesk.demo_issuer.app import DemoIssuer
from opsdesk_local import State, open_state
from opsdesk_local.kafka_tools import write_kafka_programs
from opsdesk_local.ports import unclaimed_port
from opsdesk_local.waiting import wait_until
from opsdesk_testing.mailboxes import Mailbox, open_mailbox
from tests.deployment.conftest import run
from tests.security.authority import Authority, ServerCertificate
from tests.security.secured_servers import (
    PASSWORD,
    folder_for_servers,
    kafka_by_sasl_ssl,
    postgres_by_tls,
)

CONSOLE_CLIENT: Final = "opsdesk-console"
CONSOLE: Final = "console.meridian.example"
ADMINISTRATOR, TOPICS = "admin", "opsdesk-topics"
SERVICES: Final = ("intake", "sla", "escalation", "delivery-gate", "console")
_ADMIN_CONFIG: Final = """security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="{user}" password="{password}";
ssl.truststore.type=PEM
ssl.truststore.location={authority}
"""


@dataclass(frozen=True, slots=True)
class Given:
    """`database` and `kafka` are host:port, `programs` a folder with kafka-acls.sh and its like, which read
    `admin_config`. `issuer` gives tokens as the identity provider does."""

    folder: Path
    authority: Authority
    database: str
    admin_url: str
    kafka: str
    kafka_password: str
    programs: Path
    admin_config: Path
    mail_server: str
    mailbox: Mailbox
    issuer: LocalIssuer

    def certificate(self, host: str) -> ServerCertificate:
        return self.authority.issue(host)

    def administer_kafka(self, lines: str) -> str:
        """Run lines of a shell as Kafka's administrator does; return what they print."""
        return run(
            self.folder,
            *("sh", "-ec", lines),
            PATH=f"{self.programs}:{os.environ['PATH']}",
            KAFKA=self.kafka,
            ADMIN_CONFIG=str(self.admin_config),
        )


@asynccontextmanager
async def given_surroundings() -> AsyncIterator[Given]:
    """Start all of it on this machine; nothing is left at the end."""
    state = open_state()
    with ExitStack() as stack:
        folder = stack.enter_context(folder_for_servers(state))
        authority = Authority(folder / "ca", "meridian")
        certificate = authority.issue("localhost")
        postgres = stack.enter_context(postgres_by_tls(state, folder, certificate))
        kafka = stack.enter_context(_kafka(state, folder, certificate))
        database = f"localhost:{postgres.port}"
        superuser = postgres.admin_url.replace(f"127.0.0.1:{postgres.port}", database)
        admin_url = await _administrator(superuser, database, authority)
        issuer = stack.enter_context(_identity_provider(folder, certificate))
        host = gethostname()  # production sends no mail by way of "localhost"
        async with open_mailbox(_server_context(authority.issue(host))) as mailbox:
            yield Given(
                folder,
                authority,
                database,
                admin_url,
                kafka,
                PASSWORD,
                write_kafka_programs(state, folder / "programs"),
                _admin_config(folder, authority),
                f"{host}:{mailbox.port}",
                mailbox,
                issuer,
            )


@contextmanager
def _kafka(state: State, folder: Path, certificate: ServerCertificate) -> Iterator[str]:
    authorizer = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # The broker itself comes without a name, on a port that clients do not reach.
        "super.users": f"User:{ADMINISTRATOR};User:ANONYMOUS",
    }
    users = (ADMINISTRATOR, TOPICS, *(f"opsdesk-{service}" for service in SERVICES))
    with kafka_by_sasl_ssl(state, folder, certificate, users, authorizer) as servers:
        yield servers


async def _administrator(superuser: str, database: str, authority: Authority) -> str:
    """Make the role that a provider of databases gives: it may make roles and databases, and no more."""
    connection = await asyncpg.connect(
        f"{superuser}?sslmode=verify-full&sslrootcert={authority.file}"
    )
    try:
        await connection.execute("CREATE ROLE dba LOGIN CREATEROLE CREATEDB PASSWORD 'of-the-dba'")
    finally:
        await connection.close()
    return f"postgresql://dba:of-the-dba@{database}/postgres"


def _admin_config(folder: Path, authority: Authority) -> Path:
    file = folder / "admin.properties"
    text = _ADMIN_CONFIG.format(user=ADMINISTRATOR, password=PASSWORD, authority=authority.file)
    file.write_text(text, encoding="utf-8")
    return file


@contextmanager
def _identity_provider(folder: Path, certificate: ServerCertificate) -> Iterator[LocalIssuer]:
    """A provider with discovery, keys, a page to sign in at, and tokens: what Keycloak would be."""
    port = unclaimed_port()
    issuer = LocalIssuer(folder / "issuer", f"https://localhost:{port}")
    people = {name: who for name, who in read_demo_data().identities().items() if who.roles}
    made = DemoIssuer(issuer, people, {}, CONSOLE_CLIENT, f"https://{CONSOLE}/signed-in")
    app = made.app()
    _add_discovery(app, issuer.issuer)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        ssl_certfile=certificate.certificate,
        ssl_keyfile=certificate.key,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, 30, "the identity provider")
        yield issuer
    finally:
        server.should_exit = True
        thread.join()


def _add_discovery(app: Starlette, issuer: str) -> None:
    async def discovery(request: Request) -> Response:
        pages = {"authorization": "authorize", "token": "token", "end_session": "end-session"}
        document = {f"{name}_endpoint": f"{issuer}/{page}" for name, page in pages.items()}
        return JSONResponse({"issuer": issuer, "jwks_uri": f"{issuer}/jwks.json", **document})

    app.router.routes.append(Route("/.well-known/openid-configuration", discovery))


def _server_context(certificate: ServerCertificate) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context
