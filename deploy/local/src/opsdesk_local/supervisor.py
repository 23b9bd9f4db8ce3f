"""`make run`: starts everything, watches it, and stops it again."""

import fcntl
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from opsdesk_local import hooks
from opsdesk_local.addresses import FILE_NAME, issuer_folder
from opsdesk_local.applied_fingerprints import fingerprint
from opsdesk_local.console import addresses_table, print_error, print_line, progress
from opsdesk_local.errors import LocalRunError
from opsdesk_local.installation import Installation
from opsdesk_local.processes import Child
from opsdesk_local.run_servers import start_servers
from opsdesk_local.service import SERVICES, Service
from opsdesk_local.state import CLONE, State
from opsdesk_local.topics import run_blocking

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_WATCH_SECONDS = 0.1


def run(state: State, services: Sequence[Service] = SERVICES) -> None:
    """Run OpsDesk until a signal. Raises LocalRunError when a child ends by itself."""
    print_line(f"State is kept in {state.folder} (`make clean` removes it).")
    with single_instance_lock(state), _signals_interrupt(), ExitStack() as stack:
        shutil.rmtree(state.run / "logs", ignore_errors=True)
        try:
            _watch(_start(state, services, stack))
        except KeyboardInterrupt:
            print_line("Stopping everything.")
        finally:
            _ignore_signals()  # a second Ctrl-C must not interrupt the stopping


@contextmanager
def single_instance_lock(state: State) -> Iterator[None]:
    """Hold the lock of `make run`; the kernel releases it however this process ends."""
    state.run.mkdir(exist_ok=True)
    with (state.run / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalRunError(
                f"OpsDesk already runs from {state.run}; stop it with Ctrl-C first, "
                "or set OPSDESK_STATE to another folder for a second one."
            ) from None
        yield


def _start(state: State, services: Sequence[Service], stack: ExitStack) -> list[Child]:
    threads = stack.enter_context(ThreadPoolExecutor(1))
    issued = threads.submit(hooks.issue_tokens, issuer_folder(state.run))
    servers = start_servers(state, stack)
    installation = Installation(
        state.run,
        servers.admin_url,
        servers.bootstrap,
        state.password,
        services=services,
        fixed_ports=True,
    )
    stack.callback(installation.stop)
    with progress("Migrating", "Topics, roles, schemas and tables are up to date"):
        installation.prepare()
    issued.result()
    with progress("Starting the services", "All services are ready"):
        installation.start(print_line)
    for sentence in installation.moved_ports:
        print_line(sentence)
    stack.callback((state.run / FILE_NAME).unlink, missing_ok=True)
    installation.addresses.write()
    _load_demo_company(installation)
    addresses_table(installation.addresses, state.run / "logs")
    return [*servers.children, *installation.children]


def _load_demo_company(installation: Installation) -> None:
    """Load the demo company, unless the same one was loaded into this database before."""
    company = fingerprint(["opsdesk"], CLONE / "deploy" / "demo")
    if run_blocking(installation.fingerprints.read("public")) == company:
        return
    try:
        with progress("Loading the demo company", "The demo company is loaded"):
            hooks.load_demo_company(installation.folder)
    except LocalRunError as reason:
        print_error(f"OpsDesk runs without its demo company. {reason}")
    else:
        run_blocking(installation.fingerprints.write("public", company))


def _watch(children: list[Child]) -> None:
    while all(child.alive for child in children):
        time.sleep(_WATCH_SECONDS)
    dead = next(child for child in children if not child.alive)
    raise LocalRunError(
        f"{dead.name} ended by itself (exit code {dead.exit_code}), so everything was stopped. "
        f"Its last lines, from {dead.log}:\n{dead.last_lines(20)}"
    )


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number in _ENDING:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
