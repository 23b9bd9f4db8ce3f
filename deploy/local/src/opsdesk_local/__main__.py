"""`python -m opsdesk_local run | test-servers -- COMMAND … | clean | mail-sink PORT FOLDER`."""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from opsdesk_local import mail
from opsdesk_local.console import complain, say, step
from opsdesk_local.errors import CannotRun
from opsdesk_local.servers import servers_for_tests
from opsdesk_local.state import open_state, state_folder
from opsdesk_local.supervisor import only_one, run


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(asked) or 0)
    except CannotRun as reason:
        complain(str(reason))
        return 1
    except KeyboardInterrupt:
        return 130


def _run(asked: argparse.Namespace) -> None:
    run(open_state())


def _test_servers(asked: argparse.Namespace) -> int:
    """The command's own exit code."""
    with ExitStack() as stack:
        with step("Starting PostgreSQL and Kafka for the tests", "The tests' servers are ready"):
            servers = stack.enter_context(servers_for_tests())
        return _run_to_end(asked.line, os.environ | servers.environment)


def _run_to_end(line: list[str], environment: Mapping[str, str]) -> int:
    """The command hears Ctrl-C itself and of a SIGTERM from us; we wait for it either way."""
    signal.signal(signal.SIGINT, lambda *_: None)
    command = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "--", *line], env=environment)
    signal.signal(signal.SIGTERM, lambda *_: command.terminate())
    code = command.wait()
    return code if code >= 0 else 128 - code


def _clean(asked: argparse.Namespace) -> None:
    if state_folder().exists():
        state = open_state()
        with only_one(state):
            state.remove()
    say(f"Removed {state_folder()}; the virtual environment .venv is kept.")


def _mail_sink(asked: argparse.Namespace) -> None:
    asyncio.run(mail.serve(asked.port, asked.folder, asked.host))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="opsdesk_local", description=__doc__)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("run").set_defaults(command=_run)
    commands.add_parser("clean").set_defaults(command=_clean)
    tests = commands.add_parser("test-servers")
    tests.add_argument("line", nargs="+", metavar="COMMAND")
    tests.set_defaults(command=_test_servers)
    sink = commands.add_parser("mail-sink")
    sink.add_argument("--host", default="127.0.0.1")
    sink.add_argument("port", type=int)
    sink.add_argument("folder", type=Path)
    sink.set_defaults(command=_mail_sink)
    return parser


if __name__ == "__main__":
    sys.exit(main())
