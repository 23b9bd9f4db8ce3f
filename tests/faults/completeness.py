"""`--no-skips`: a machine that must be able to run everything says so, and a skipped test fails the run.

Without it skips are shown last, with their reasons (`-ra`).
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the run")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("no_skips", default=False) and _skipped(session.config):
        session.exitstatus = max(session.exitstatus, pytest.ExitCode.TESTS_FAILED)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.getoption("no_skips", default=False) and (count := _skipped(config)):
        line = f"{count} skipped, for the reasons above: --no-skips says that nothing may be"
        terminalreporter.write_line(line, red=True)


def _skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.getplugin("terminalreporter")
    return len(reporter.stats.get("skipped", ())) if reporter else 0
