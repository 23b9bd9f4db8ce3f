"""Checks exported evidence of punctuality: `python verifier.py [FILE] [--head NUMBER:CHAIN]`.

Needs Python 3.8 or newer and nothing else; it is also the one place in which the hashes are defined.

  leaf   sha256(0x00 || line)            a line about a firing or a beat, without its line feed
  link   sha256(0x01 || link || leaf)    over the lines in their order; the first link builds on the
                                         chain value of the seal before
  chain  sha256(0x02 || link || header)  header: [seal,"day","sealed_at",size,closes] as JSON

An export of some days (`since` in its first line) begins with the head before them: compare it, too.
A line with `seal` seals the lines since the seal before it. The last seal of a day `closes` it: no
line of that day can appear later. Compare the head with one that you noted before.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

FORMAT = "opsdesk-punctuality-1"
INITIAL_CHAIN = bytes(32)


class Difference(Exception):
    """The first difference between the evidence and its seals."""


def leaf(line: bytes) -> bytes:
    """The hash of one line, from its exact bytes."""
    return hashlib.sha256(b"\x00" + line).digest()


def link(previous: bytes, leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + previous + leaf).digest()


def chain_value(
    previous: bytes, leaves: list[bytes], seal: int, day: str, sealed_at: str, closes: bool
) -> bytes:
    """The chain value of a seal. `day` and `sealed_at` are texts, as in the line of the seal."""
    for line_hash in leaves:
        previous = link(previous, line_hash)
    header = json.dumps([seal, day, sealed_at, len(leaves), closes], separators=(",", ":"))
    return hashlib.sha256(b"\x02" + previous + header.encode()).digest()


class EvidenceCheck:
    """Checks the lines of an export, which are added in order."""

    def __init__(self) -> None:
        self.firings = 0
        self.beats = 0
        self.seals = 0
        self.is_partial = False
        self.lags: list[float] = []
        self.heads: list[str] = []
        self.days: list[str] = []
        self.pending_lines: list[bytes] = []
        self.last_seal: dict[str, object] | None = None

    def add_line(self, line: bytes) -> None:
        """Add a line, without its line feed. Raises Difference."""
        try:
            entry = json.loads(line)
        except ValueError:
            raise Difference(f"a line is not valid JSON: {line[:60]!r}") from None
        if "format" in entry:
            self.is_partial = entry.get("since") is not None
            if entry["format"] != FORMAT:
                raise Difference("the export is of another format than " + FORMAT)
        elif "seal" in entry:
            self._check_seal(entry)
        else:
            self.pending_lines.append(line)

    def finish(self, head: str | None = None) -> str:
        """End the check; a summary in one sentence. Raises Difference.

        `head`, noted earlier, must be that of one of the seals.
        """
        if self.pending_lines:
            raise Difference(line_name(self.pending_lines[0]) + " stands after the last seal")
        if head is not None and head not in self.heads:
            raise Difference(f"no seal is {head}: the record was written anew after it")
        if not self.heads:
            return "nothing is sealed yet"
        return (
            f"whole: {self.firings} firings and {self.beats} beats in {self.seals} seals,"
            f" {self.days[0]} to {self.days[-1]}, {self._figures()}, head {self.heads[-1]}"
        )

    def _check_seal(self, entry: dict[str, object]) -> None:
        number, day = entry["seal"], str(entry["day"])
        previous = bytes.fromhex(str(entry["previous"]))
        self._check_follows(entry, previous)
        leaves = _split_leaves(str(entry["leaves"]))
        hashes = [leaf(line) for line in self.pending_lines]
        if hashes != leaves:
            raise Difference(
                describe_difference(leaves, self.pending_lines, hashes) + f" (seal {number})"
            )
        chain = chain_value(
            previous, leaves, int(str(number)), day, str(entry["sealed_at"]), bool(entry["closes"])
        )
        if len(leaves) != entry["size"] or chain.hex() != entry["chain"]:
            raise Difference(f"seal {number} was changed")
        for line in self.pending_lines:
            self._count_line(json.loads(line))
        if not self.heads:
            self.heads.append(f"{int(str(number)) - 1}:{previous.hex()}")
        self.heads.append(f"{number}:{chain.hex()}")
        self.days.append(day)
        self.pending_lines, self.last_seal = [], entry
        self.seals += 1

    def _check_follows(self, entry: dict[str, object], previous: bytes) -> None:
        number, last = int(str(entry["seal"])), self.last_seal
        if last is None:
            if number != 1 and not self.is_partial:
                raise Difference("seal 1 is missing")
            if number == 1 and previous != INITIAL_CHAIN:
                raise Difference("seal 1 was changed")
            return
        expected = int(str(last["seal"])) + 1
        if number != expected:
            raise Difference(f"seal {expected} is missing")
        if previous.hex() != last["chain"]:
            raise Difference(f"seal {number} does not follow seal {expected - 1}")
        day = date.fromisoformat(str(last["day"])) + timedelta(days=1 if last["closes"] else 0)
        if entry["day"] != day.isoformat():
            raise Difference(f"day {day.isoformat()} is missing")

    def _count_line(self, entry: dict[str, str]) -> None:
        if "firing" not in entry:
            self.beats += 1
            return
        due, known_at, fired = (
            parse_instant(entry[name]) for name in ("due_at", "heard_at", "fired_at")
        )
        if fired < due:
            raise Difference(entry["firing"] + " fired before it was due")
        self.firings += 1
        self.lags.append(
            (parse_instant(entry["written_at"]) - max(due, known_at)) / timedelta(milliseconds=1)
        )

    def _figures(self) -> str:
        if not self.lags:
            return "no lag"
        ordered = sorted(self.lags)
        p50, p99 = (ordered[-(-len(ordered) * share // 100) - 1] for share in (50, 99))
        return f"lag p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {ordered[-1]:.1f} ms"


def describe_difference(leaves: list[bytes], lines: list[bytes], hashes: list[bytes]) -> str:
    """How the lines differ from the sealed ones: changed, added, missing, repeated or moved."""
    sealed, given = set(leaves), set(hashes)
    unexpected = [line for line, hash in zip(lines, hashes, strict=False) if hash not in sealed]
    missing = [index for index, hash in enumerate(leaves) if hash not in given]
    if unexpected and missing:
        return line_name(unexpected[0]) + " was changed"
    if unexpected:
        return line_name(unexpected[0]) + " was put in"
    if missing:
        before = (
            "the first line"
            if missing[0] == 0
            else "what follows " + _line_name_at(lines, missing[0] - 1)
        )
        return before + " is missing"
    if len(hashes) > len(leaves):
        duplicate = next(line for n, line in enumerate(lines) if hashes[n] in hashes[:n])
        return line_name(duplicate) + " stands there twice"
    misplaced = next(
        line for line, hash, right in zip(lines, hashes, leaves, strict=False) if hash != right
    )
    return line_name(misplaced) + " stands in another place"


def line_name(line: bytes) -> str:
    """The name of a line: `clock/0192.../000000005` or `beat/0192.../2026-...`."""
    entry = json.loads(line)
    return str(entry.get("firing") or entry.get("beat") or line[:60])


def parse_instant(text: str) -> datetime:
    return datetime.fromisoformat(text[:-1] + "+00:00")  # noqa: FURB162 - Pythons before 3.11 do not read the Z


def _split_leaves(text: str) -> list[bytes]:
    digests = bytes.fromhex(text)
    return [digests[start : start + 32] for start in range(0, len(digests), 32)]


def _line_name_at(lines: list[bytes], index: int) -> str:
    return line_name(lines[index]) if index < len(lines) else "the last line"


def check_file(path: Path, head: str | None = None) -> str:
    """Check a file; a summary in one sentence. Raises Difference."""
    evidence = EvidenceCheck()
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                evidence.add_line(line.rstrip(b"\n"))
    return evidence.finish(head)


def main(arguments: list[str]) -> int:
    head = None
    if "--head" in arguments:
        index = arguments.index("--head")
        head = arguments[index + 1]
        del arguments[index : index + 2]
    path = Path(arguments[0]) if arguments else Path(__file__).parent / "evidence.jsonl"
    try:
        sys.stdout.write(check_file(path, head) + "\n")
    except Difference as difference:
        sys.stdout.write(f"NOT WHOLE: {difference}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
