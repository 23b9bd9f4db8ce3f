"""What docs/runbooks/drills.md and the runbooks say to type, as data: nothing is written down a second time."""

import re
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
RUNBOOKS: Final = ROOT / "docs/runbooks"
PAGE: Final = (RUNBOOKS / "drills.md").read_text(encoding="utf-8")
FENCED: Final = re.compile(r"^ *```sql\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
PSQL: Final = "drill exec postgres psql -U postgres opsdesk "
KAFKA: Final = "drill exec kafka "
MINUTES: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "fifteen": 15}


@dataclass(frozen=True, slots=True)
class Drill:
    """A section of the page. `quoted` is what the runbook has for it."""

    number: int
    title: str
    causes: tuple[str, ...]
    alert: str
    others: frozenset[str]
    within_s: float
    page: str
    quoted: str
    undo: str

    @property
    def psql(self) -> list[list[str]]:
        """The statements of each line with psql: one line is one session."""
        return [
            [words[at + 1] for at, word in enumerate(words) if word == "-c"]
            for words in (shlex.split(line) for line in self.causes if line.startswith(PSQL))
        ]

    @property
    def kafka(self) -> list[str]:
        """The lines for Kafka's programs, without what brings them into the container."""
        return [line.removeprefix(KAFKA) for line in self.causes if line.startswith(KAFKA)]


def drills(page: str = PAGE) -> Iterator[Drill]:
    """Read the page. Raises ValueError where a section is not as the others are."""
    for section in page.split("\n## ")[1:]:
        number, title = section.split("\n", 1)[0].split(". ", 1)
        fields = dict(re.findall(r"^- ([\w ]+): (.*)$", section, re.MULTILINE))
        if list(fields) != ["Alert", "Page", "It finds", "Undo"]:
            raise ValueError(f"{title}: {', '.join(fields)}")
        [alert] = re.findall(r"^`(\w+)`", fields["Alert"])
        [minutes, *_] = re.findall(r"within (\w+) minutes", fields["Alert"])
        [runbook] = re.findall(r"^\[[\w-]+\]\(([\w-]+\.md)\)$", fields["Page"])
        [quoted] = re.findall(r"^`([^`]+)`$", fields["It finds"])
        yield Drill(
            int(number),
            title,
            tuple(re.findall(r"^    (?! *[-*|])(.+)$", section, re.MULTILINE)),
            alert,
            frozenset(re.findall(r"`(OpsDesk\w+)`", fields["Alert"])) - {alert},
            60.0 * MINUTES[minutes],
            runbook,
            quoted,
            fields["Undo"],
        )


def line_of(runbook: str, line: str) -> str:
    """Return the line, which stands on that runbook. Raises LookupError."""
    if line not in (RUNBOOKS / runbook).read_text(encoding="utf-8"):
        raise LookupError(f"{runbook} does not say `{line}`")
    return line


def sql_of(runbook: str, words: str) -> str:
    """Return the SQL of that runbook that contains these words. Raises LookupError."""
    text = (RUNBOOKS / runbook).read_text(encoding="utf-8")
    quoted = re.findall(r'psql (?:"\$\w+"|service=\w+) -c "([^"]+)"', text)
    found = [sql for sql in [*FENCED.findall(text), *quoted] if words in sql]
    if len(found) != 1:
        raise LookupError(f"{runbook} has {len(found)} statements with `{words}`")
    return textwrap.dedent(found[0]).strip()
