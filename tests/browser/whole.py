"""A whole OpsDesk with its console, on servers of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from opsdesk import demo_clients
from opsdesk_local import embedded_servers
from opsdesk_local.installation import Installation
from opsdesk_local.service import CONSOLE, SERVICES


@contextmanager
def whole_installation(
    folder: Path, progress: Callable[[str], None] = lambda line: None
) -> Iterator[Installation]:
    """Started, with tokens for everybody; stopped at the end. `progress` gets a line for each service."""
    with ExitStack() as stack:
        servers = stack.enter_context(embedded_servers())
        installation = Installation(
            folder,
            servers.admin_url,
            servers.bootstrap,
            servers.state.password,
            services=(*SERVICES, CONSOLE),
        )
        stack.callback(installation.stop)
        installation.prepare()
        demo_clients.issue_all_tokens(installation.addresses.issuer)
        installation.start(progress)
        yield installation
