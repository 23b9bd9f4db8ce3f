"""`python -m opsdesk_local run | test-servers -- COMMAND … | clean | mail-sink PORT FOLDER | images | audit | version | release`."""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from common.now import now
from opsdesk_local import images, mail
from opsdesk_local.console import print_error, print_line, progress
from opsdesk_local.errors import LocalRunError
from opsdesk_local.release import cut, read_version
from opsdesk_local.release.build import build
from opsdesk_local.release.record import write_record
from opsdesk_local.servers import servers_for_tests
from opsdesk_local.state import CLONE, open_state, state_folder
from opsdesk_local.supervisor import run, single_instance_lock


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return the exit code."""
    arguments_given = _parser().parse_args(arguments)
    try:
        return int(arguments_given.command(arguments_given) or 0)
    except LocalRunError as reason:
        print_error(str(reason))
        return 1
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> None:
    run(open_state())


def _test_servers(options: argparse.Namespace) -> int:
    """Run a command with servers for tests; return its exit code."""
    with ExitStack() as stack:
        with progress(
            "Starting PostgreSQL and Kafka for the tests", "The servers for the tests are ready"
        ):
            servers = stack.enter_context(servers_for_tests())
        return _run_to_end(options.line, os.environ | servers.environment)


def _run_to_end(line: list[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end. It gets Ctrl-C itself, and SIGTERM from us."""
    signal.signal(signal.SIGINT, lambda *_: None)
    command = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "--", *line], env=environment)
    signal.signal(signal.SIGTERM, lambda *_: command.terminate())
    code = command.wait()
    return code if code >= 0 else 128 - code


def _clean(options: argparse.Namespace) -> None:
    if state_folder().exists():
        state = open_state()
        with single_instance_lock(state):
            state.remove()
    print_line(f"Removed {state_folder()}; the virtual environment .venv is kept.")


def _mail_sink(options: argparse.Namespace) -> None:
    asyncio.run(mail.serve(options.port, options.folder, options.host))


def _images(options: argparse.Namespace) -> None:
    if options.pin:
        images.pin()
    else:
        images.build(options.folder, any_base=options.any_base)


def _audit(options: argparse.Namespace) -> int:
    from opsdesk_local import advisories  # its packages are not in the images

    return advisories.audit(options.advisories)


def _version(options: argparse.Namespace) -> None:
    if options.version:
        for path in cut(CLONE, options.version, now().date()):
            print_line(str(path.relative_to(CLONE)))
    elif options.record:
        path = write_record(CLONE, read_version(CLONE))
        print_line(str(path.relative_to(CLONE)))
    else:
        print_line(read_version(CLONE))


def _release(options: argparse.Namespace) -> None:
    version = build(CLONE, options.folder.absolute(), any_base=options.any_base)
    print_line(
        f"OpsDesk {version} is in {options.folder / version}. What comes next: docs/release.md"
    )


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
    _add_supply_commands(commands)
    _add_release_commands(commands)
    return parser


def _add_supply_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    built = commands.add_parser(
        "images", help="build the service images, with bills and provenance"
    )
    built.add_argument("folder", type=Path, nargs="?", default=Path("dist"))
    built.add_argument("--any-base", action="store_true", help="a base image without a digest")
    built.add_argument("--pin", action="store_true", help="write the digests of the base images")
    built.set_defaults(command=_images)
    audited = commands.add_parser("audit", help="the pinned versions against known vulnerabilities")
    audited.add_argument(
        "--advisories", type=Path, help="a folder in OSV's format; else OSV is asked"
    )
    audited.set_defaults(command=_audit)


def _add_release_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    version = commands.add_parser(
        "version", help="print the version, raise it everywhere, or record it"
    )
    version.add_argument(
        "version", nargs="?", help="the next one: VERSION, packages, chart and changelog follow"
    )
    version.add_argument(
        "--record", action="store_true", help="record the migrations that it releases"
    )
    version.set_defaults(command=_version)
    released = commands.add_parser("release", help="build everything of this version")
    released.add_argument("folder", type=Path, nargs="?", default=Path("dist"))
    released.add_argument("--any-base", action="store_true", help="a base image without a digest")
    released.set_defaults(command=_release)


if __name__ == "__main__":
    sys.exit(main())
