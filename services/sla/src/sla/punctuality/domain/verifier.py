"""Checks exported evidence of punctuality: `python verifier.py [FILE] [--head NUMBER:CHAIN]`.

Needs Python 3.8 or newer and nothing else; it is also the one place in which the hashes are defined.

  leaf   sha256(0x00 || line)            a line about a firing or a beat, without its line feed
  link   sha256(0x01 || link || leaf)    over the lines in their order; the first link builds on the
                                         chain value of the seal before
  chain  sha256(0x02 || link || header)  header: [seal,"day","sealed_at",size,closes] as JSON

An export of some days (`since` in its first line) begins with the head before them: compare it, too.
A line with `seal` seals the lines since the seal before it. The last seal of a day `closes` it: after
that nothing of the day can appear. Compare the head with one that you noted before.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

FORMAT = "opsdesk-punctuality-1"
START = bytes(32)


class Difference(Exception):
    """The first place at which the evidence is not what was sealed."""


def leaf(line: bytes) -> bytes:
    """The hash of one line, from its exact bytes."""
    return hashlib.sha256(b"\x00" + line).digest()


def link(previous: bytes, leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + previous + leaf).digest()


def chained(
    previous: bytes, leaves: list[bytes], seal: int, day: str, sealed_at: str, closes: bool
) -> bytes:
    """The chain value of a seal; `day` and `sealed_at` as they stand in its line."""
    for one in leaves:
        previous = link(previous, one)
    header = json.dumps([seal, day, sealed_at, len(leaves), closes], separators=(",", ":"))
    return hashlib.sha256(b"\x02" + previous + header.encode()).digest()


class Check:
    """Hears the lines of an export one after the other."""

    def __init__(self) -> None:
        self.firings = 0
        self.beats = 0
        self.seals = 0
        self.part = False
        self.lags: list[float] = []
        self.heads: list[str] = []
        self.days: list[str] = []
        self.unsealed: list[bytes] = []
        self.last: dict[str, object] | None = None

    def hear(self, line: bytes) -> None:
        """One line. Raises Difference."""
        try:
            told = json.loads(line)
        except ValueError:
            raise Difference(f"a line is no JSON: {line[:60]!r}") from None
        if "format" in told:
            self.part = told.get("since") is not None
            if told["format"] != FORMAT:
                raise Difference("the export is of another format than " + FORMAT)
        elif "seal" in told:
            self._seal(told)
        else:
            self.unsealed.append(line)

    def ended(self, head: str | None = None) -> str:
        """What was found, as one sentence. Raises Difference."""
        if self.unsealed:
            raise Difference(named(self.unsealed[0]) + " stands after the last seal")
        if head is not None and head not in self.heads:
            raise Difference(f"no seal is {head}: the record was written anew after it")
        if not self.heads:
            return "nothing is sealed yet"
        return (
            f"whole: {self.firings} firings and {self.beats} beats in {self.seals} seals,"
            f" {self.days[0]} to {self.days[-1]}, {self._figures()}, head {self.heads[-1]}"
        )

    def _seal(self, told: dict[str, object]) -> None:
        number, day = told["seal"], str(told["day"])
        previous = bytes.fromhex(str(told["previous"]))
        self._follows(told, previous)
        leaves = _leaves(str(told["leaves"]))
        found = [leaf(line) for line in self.unsealed]
        if found != leaves:
            raise Difference(difference(leaves, self.unsealed, found) + f" (seal {number})")
        chain = chained(
            previous, leaves, int(str(number)), day, str(told["sealed_at"]), bool(told["closes"])
        )
        if len(leaves) != told["size"] or chain.hex() != told["chain"]:
            raise Difference(f"seal {number} was changed")
        for line in self.unsealed:
            self._count(json.loads(line))
        if not self.heads:
            self.heads.append(f"{int(str(number)) - 1}:{previous.hex()}")
        self.heads.append(f"{number}:{chain.hex()}")
        self.days.append(day)
        self.unsealed, self.last = [], told
        self.seals += 1

    def _follows(self, told: dict[str, object], previous: bytes) -> None:
        number, last = int(str(told["seal"])), self.last
        if last is None:
            if number != 1 and not self.part:
                raise Difference("seal 1 is missing")
            if number == 1 and previous != START:
                raise Difference("seal 1 was changed")
            return
        expected = int(str(last["seal"])) + 1
        if number != expected:
            raise Difference(f"seal {expected} is missing")
        if previous.hex() != last["chain"]:
            raise Difference(f"seal {number} does not follow seal {expected - 1}")
        day = date.fromisoformat(str(last["day"])) + timedelta(days=1 if last["closes"] else 0)
        if told["day"] != day.isoformat():
            raise Difference(f"day {day.isoformat()} is missing")

    def _count(self, told: dict[str, str]) -> None:
        if "firing" not in told:
            self.beats += 1
            return
        due, heard, fired = (instant(told[name]) for name in ("due_at", "heard_at", "fired_at"))
        if fired < due:
            raise Difference(told["firing"] + " fired before it was due")
        self.firings += 1
        self.lags.append(
            (instant(told["written_at"]) - max(due, heard)) / timedelta(milliseconds=1)
        )

    def _figures(self) -> str:
        if not self.lags:
            return "no lag"
        ordered = sorted(self.lags)
        p50, p99 = (ordered[-(-len(ordered) * share // 100) - 1] for share in (50, 99))
        return f"lag p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {ordered[-1]:.1f} ms"


def difference(leaves: list[bytes], lines: list[bytes], found: list[bytes]) -> str:
    """What was done to lines that are not the sealed ones."""
    sealed, given = set(leaves), set(found)
    alien = [line for line, hash in zip(lines, found, strict=False) if hash not in sealed]
    lost = [place for place, hash in enumerate(leaves) if hash not in given]
    if alien and lost:
        return named(alien[0]) + " was changed"
    if alien:
        return named(alien[0]) + " was put in"
    if lost:
        before = "the first line" if lost[0] == 0 else "what follows " + _at(lines, lost[0] - 1)
        return before + " is missing"
    if len(found) > len(leaves):
        twice = next(line for n, line in enumerate(lines) if found[n] in found[:n])
        return named(twice) + " stands there twice"
    wrong = next(
        line for line, hash, right in zip(lines, found, leaves, strict=False) if hash != right
    )
    return named(wrong) + " stands in another place"


def named(line: bytes) -> str:
    """How a line is called: `clock/0192.../000000005` or `beat/0192.../2026-...`."""
    told = json.loads(line)
    return str(told.get("firing") or told.get("beat") or line[:60])


def instant(text: str) -> datetime:
    # Pythons before 3.11 do not read the Z.
    return datetime.fromisoformat(text[:-1] + "+00:00")  # noqa: FURB162


def _leaves(text: str) -> list[bytes]:
    whole = bytes.fromhex(text)
    return [whole[start : start + 32] for start in range(0, len(whole), 32)]


def _at(lines: list[bytes], place: int) -> str:
    return named(lines[place]) if place < len(lines) else "the last line"


def check(path: Path, head: str | None = None) -> str:
    """What was found in a file, as one sentence. Raises Difference."""
    heard = Check()
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                heard.hear(line.rstrip(b"\n"))
    return heard.ended(head)


def main(arguments: list[str]) -> int:
    head = None
    if "--head" in arguments:
        place = arguments.index("--head")
        head = arguments[place + 1]
        del arguments[place : place + 2]
    path = Path(arguments[0]) if arguments else Path(__file__).parent / "evidence.jsonl"
    try:
        sys.stdout.write(check(path, head) + "\n")
    except Difference as difference:
        sys.stdout.write(f"NOT WHOLE: {difference}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
