"""`make run`: starts everything, watches it, and stops it again."""

import fcntl
import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from opsdesk_local import hooks
from opsdesk_local.addresses import FILE_NAME, issuer_folder
from opsdesk_local.applied_fingerprints import fingerprint
from opsdesk_local.child_watch import ChildWatch
from opsdesk_local.console import addresses_table, print_line, progress
from opsdesk_local.errors import LocalRunError
from opsdesk_local.installation import Installation, usual_ports
from opsdesk_local.port_book import PortBook
from opsdesk_local.run_servers import USUAL_PORTS, start_servers
from opsdesk_local.service import CONSOLE, SERVICES, Service
from opsdesk_local.state import CLONE, State
from opsdesk_local.topics import run_blocking

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(state: State, services: Sequence[Service] = (*SERVICES, CONSOLE)) -> None:
    """Run OpsDesk until a signal. Raises LocalRunError when a child ends by itself."""
    print_line(f"State is kept in {state.folder} (`make clean` removes it).")
    with single_instance_lock(state), _signals_interrupt(), ExitStack() as stack:
        shutil.rmtree(state.run / "logs", ignore_errors=True)
        watch = stack.enter_context(ChildWatch())
        try:
            _start(state, services, stack, watch)
            watch.wait_until_interrupted()
        except KeyboardInterrupt:
            watch.check()
            print_line("Stopping everything.")
        finally:
            _ignore_signals()  # a second Ctrl-C must not interrupt the stopping
            watch.stop()


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


def _start(state: State, services: Sequence[Service], stack: ExitStack, watch: ChildWatch) -> None:
    ports = PortBook(state.run, USUAL_PORTS | usual_ports(services))
    threads = stack.enter_context(ThreadPoolExecutor(1))
    issued = threads.submit(hooks.issue_tokens, issuer_folder(state.run))
    admin_url, bootstrap = start_servers(state, ports, watch, stack)
    installation = Installation(
        state.run,
        admin_url,
        bootstrap,
        state.password,
        services=services,
        settings=_settings(),
        ports=ports,
        owner=state.identity,
    )
    stack.callback(installation.stop)
    watch.add(lambda: installation.children)
    with progress("Migrating", "Topics, roles, schemas and tables are up to date"):
        installation.prepare()
    issued.result()
    with progress("Starting the services", "All services are ready"):
        installation.start(print_line)
    for sentence in ports.moved:
        print_line(sentence)
    stack.callback((state.run / FILE_NAME).unlink, missing_ok=True)
    installation.addresses.write()
    _load_demo_company(installation)
    watch.check()
    addresses_table(installation.addresses, state.run / "logs")


def _settings() -> dict[str, str]:
    """Settings of the services that a start hands on; nothing else of its environment reaches them."""
    prefix = os.environ.get("OPSDESK_TOPIC_PREFIX")
    return {"OPSDESK_TOPIC_PREFIX": prefix} if prefix else {}


def _load_demo_company(installation: Installation) -> None:
    """Load the demo company, unless the same one was loaded into this database before.

    Raises LocalRunError where it cannot be loaded: a demo that lacks half of it misleads.
    """
    company = fingerprint(["opsdesk"], CLONE / "deploy" / "demo")
    if run_blocking(installation.fingerprints.read("public")) == company:
        return
    try:
        with progress("Loading the demo company", "The demo company is loaded"):
            hooks.load_demo_company(installation.folder)
    except LocalRunError as reason:
        raise LocalRunError(
            f"The demo company cannot be loaded, so everything was stopped. {reason}"
        ) from None
    run_blocking(installation.fingerprints.write("public", company))


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
