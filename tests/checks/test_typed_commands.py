"""What a page says to type can be typed: each command line is parsed whole, as the program itself would, and not run.

Also routes, settings and metrics' addresses that pages name in passing. SQL on pages: test_monitoring.py; kafka-….sh: the walk
of docs/deploy.md in tests/deployment.
"""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

import pytest
import typer
from typer.main import get_command

from common.settings_checks import KNOWN_ELSEWHERE

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted(
    [
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs/runbooks").glob("*.md"),
        *(ROOT / "docs/integrate").glob("*.md"),
        *(ROOT / "deploy").glob("*/README.md"),
        ROOT / "README.md",
    ]
)
UsageError: Final = cast(type[typer.BadParameter], typer.BadParameter.__mro__[1])
"""What typer raises for any command line that it cannot parse; it names only this subclass publicly."""
MODULES: Final = ("intake", "sla", "escalation", "delivery_gate", "console")
SERVICE: Final = "|".join((*MODULES, "delivery-gate"))
FENCED: Final = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
INDENTED: Final = re.compile(r"^    (?! *[-*|])(.+)$", re.MULTILINE)
INLINE: Final = re.compile(r"`([^`\n]+)`")
OF_A_SERVICE: Final = re.compile(
    rf"(?:/python |\bpython3? )-m ({SERVICE})(?= )|\brun (?:--rm |--no-deps |-T )+({SERVICE})(?= )|-- service(?= )"
)
"""How a service's command begins: in its environment, with Compose, and in a pod."""
END: Final = {"|", "&&", "||", ";", ">", ">>", "#", "done", "<"}
ROUTE: Final = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/v1/[^`\s?]*)")
YOURS: Final = {"PIPELINE"}
"""Variables of a reader's own programs, on pages that say how to write these."""
MANAGEMENT: Final = {"/health/live", "/health/ready", "/metrics", "/openapi.json"}


def lines_of_code(text: str) -> Iterator[str]:
    """Each line of code on a page, continued ones as one: what is typed as it stands."""
    joined = text.replace("\\\n", " ")
    for block in FENCED.findall(joined):
        yield from map(str.strip, block.splitlines())
    yield from map(str.strip, INDENTED.findall(FENCED.sub("", joined)))


def spans(text: str) -> Iterator[str]:
    """Each span of code in a sentence, which may name a command without what follows it."""
    yield from INLINE.findall(FENCED.sub("", text))


def of_services(line: str) -> Iterator[tuple[str, list[str]]]:
    """The service and the words behind it, for each command of ours on a line."""
    for found in OF_A_SERVICE.finditer(line):
        module = (found[1] or found[2] or "intake").replace("-", "_")
        words = typed(line[found.end() :])
        if words and words[0][0] not in '"$…':
            yield module, words


def typed(text: str) -> list[str]:
    """The words up to the end of this command; what a page leaves to its reader stays as it is."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    found: list[str] = []
    for word in words:
        if word in END:
            break
        found.append(word.rstrip(";"))
        if word.endswith(";"):
            break
    return found


def parse(command: Any, words: list[str], *, whole: bool = True) -> None:
    """Parse a command line; `whole`: also what must follow the command's name. Raises AssertionError with what the
    program itself would say."""
    subcommands = getattr(command, "commands", {})
    if subcommands and words and not words[0].startswith("-"):
        assert words[0] in subcommands, f"{command.name} has no command {words[0]}"
        parse(subcommands[words[0]], words[1:], whole=whole)
        return
    if subcommands and not words:
        return  # the name of a group of commands
    if not whole:
        options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        named = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert named <= options, f"{command.name} has no option {named - options}"
        return
    try:
        command.make_context(command.name, list(words))
    except UsageError as error:
        raise AssertionError(
            f"{command.name} {shlex.join(words)}: {error.format_message()}"
        ) from None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_of_a_service_is_parsed_by_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for whole, found in ((True, lines_of_code(text)), (False, spans(text))):
        for line in found:
            for module, words in of_services(line):
                program = get_command(import_module(f"{module}.__main__").app)
                parse(program, words, whole=whole)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_line_of_opsdesk_is_parsed_by_it(page: Path) -> None:
    program = get_command(import_module("opsdesk.__main__").app)
    text = page.read_text(encoding="utf-8")
    for whole, found in ((True, lines_of_code(text)), (False, spans(text))):
        for line in found:
            # A pipe of Postfix may be called so, too (docs/mail.md).
            if line.startswith("opsdesk ") and not re.search(r"[\[…]| unix ", line):
                parse(program, typed(line.removeprefix("opsdesk ")), whole=whole)


def test_the_pages_are_read() -> None:
    """So many commands are found: the expressions above still see them."""
    lines = [line for page in PAGES for line in lines_of_code(page.read_text(encoding="utf-8"))]
    assert len([one for line in lines for one in of_services(line)]) > 50
    assert len([line for line in lines if line.startswith("opsdesk ")]) >= 20


@pytest.fixture(scope="module")
def routes() -> set[tuple[str, str]]:
    pages = [(ROOT / f"docs/api/{name}.md").read_text(encoding="utf-8") for name in
             ("intake", "sla", "escalation", "delivery-gate")]  # fmt: skip
    return {(method, plain(path)) for page in pages for method, path in ROUTE.findall(page)}


def plain(path: str) -> str:
    """A route without the names of its parameters, or what stands in their place: KEY, OPS-1042."""
    return re.sub(r"\{\w+\}|(?<=/)[A-Z][A-Z0-9-]*(?=/|$)", "{}", path)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_route_on_a_page_is_one_that_there_is(page: Path, routes: set[tuple[str, str]]) -> None:
    for method, path in ROUTE.findall(page.read_text(encoding="utf-8")):
        if "…" not in path:
            assert (method, plain(path)) in routes


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_setting_on_a_page_is_one_that_there_is(page: Path) -> None:
    listed = set(re.findall(r"OPSDESK_(\w+)", (ROOT / "docs/settings.md").read_text("utf-8")))
    known = listed | KNOWN_ELSEWHERE | {f"{name}_FILE" for name in listed}
    # Not followed by more of a name that is left out: OPSDESK_KAFKA_… or OPSDESK_<SERVICE>_URL.
    named = re.findall(r"\bOPSDESK_([A-Z0-9_]*[A-Z0-9])(?![\w…<*])", page.read_text("utf-8"))
    assert set(named) <= known | YOURS


def test_addresses_that_are_asked_by_curl_are_those_of_the_management_port() -> None:
    pages = (ROOT / "docs/runbooks").glob("*.md")
    texts = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    asked = set(re.findall(r"http://127\.0\.0\.1:900\d(/[\w/.]*)", texts))
    assert asked, "pages that ask for nothing prove nothing"
    assert asked <= MANAGEMENT
