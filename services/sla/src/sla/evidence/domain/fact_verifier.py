"""Checks an export of facts: `python verifier.py [FOLDER] [--head NUMBER:CHAIN]`.

Needs Python 3.8 or newer and nothing else; it is also the one place in which the hashes are defined.

  leaf    sha256(0x00 || line)                a line of facts.jsonl without its line feed
  leaves  sha256(0x01 || leaf || leaf || …)   of a seal, in the order of positions
  chain   sha256(0x02 || previous || header)  header: HEADER as a list in JSON, without spaces

A line says which table it is from (`relation`), its place in the order of all facts (`position`) and
the row. A seal covers the rows of one table at `positions`, with their hashes, also of rows that were
not handed over. `previous` is the chain value of the seal before. Compare the head with one that you
noted before, that came over the topic opsdesk.evidence, or that an authority has stamped: where
`anchor-NUMBER.tsr` lies beside `anchor-NUMBER.txt`,

  openssl ts -verify -data anchor-NUMBER.txt -in anchor-NUMBER.tsr -CAfile AUTHORITY.pem
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

FORMAT = "opsdesk-facts-1"
INITIAL_CHAIN = bytes(32)
HEADER = (
    "number",
    "sealed_at",
    "relation",
    "layout",
    "size",
    "positions",
    "leaves",
    "audit_head",
    "rewritten",
    "snapshot",
    "floor",
    "cluster",
)
"""The members of a seal that its chain value covers; in it, `leaves` is their hash."""


class Difference(Exception):
    """The first difference between the facts and their seals."""


def leaf(line: bytes) -> bytes:
    """The hash of a fact, from its exact bytes."""
    return hashlib.sha256(b"\x00" + line).digest()


def leaves_hash(leaves: bytes) -> bytes:
    """The hash of the joined leaves of a seal."""
    return hashlib.sha256(b"\x01" + leaves).digest()


def chain_value(previous: bytes, seal: dict[str, object]) -> bytes:
    """The chain value of a seal, whose `leaves` are in hexadecimal, as in seals.jsonl."""
    values = dict(seal, leaves=leaves_hash(bytes.fromhex(str(seal["leaves"]))).hex())
    header = json.dumps([values[name] for name in HEADER], separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(b"\x02" + previous + header.encode()).digest()


def split_positions(text: str) -> list[int]:
    """The positions in the text of a multirange of PostgreSQL: `{[1,4),[7,8)}` is 1, 2, 3, 7."""
    ranges = re.findall(r"\[(\d+),(\d+)\)", text)
    return [position for low, high in ranges for position in range(int(low), int(high))]


def split_leaves(leaves: bytes) -> list[bytes]:
    """The hashes of the rows of a seal."""
    return [leaves[start : start + 32] for start in range(0, len(leaves), 32)]


def check(folder: Path, head: str | None = None) -> str:
    """Check an export; a summary in one sentence. Raises Difference."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    if manifest.get("format") != FORMAT:
        raise Difference(f"manifest.json is of another format than {FORMAT}")
    sealed, heads = check_seals(_lines(folder / "seals.jsonl"))
    given = check_facts(_lines(folder / "facts.jsonl"), sealed)
    if manifest["relations"] is None and given != len(sealed):
        raise Difference(f"{len(sealed) - given} facts were sealed and are not in the export")
    if heads[-1] != manifest["head"]:
        raise Difference("the last seal is not the head that manifest.json names")
    anchors = check_anchors(_lines(folder / "anchors.jsonl"), heads)
    if head is not None and head not in heads:
        raise Difference(f"no seal is {head}: the facts were sealed anew after you noted it")
    return (
        f"whole: {given} facts checked, {len(sealed) - given} withheld, {len(heads) - 1} seals,"
        f" {anchors} published heads, head {heads[-1]}"
    )


def check_seals(lines: list[bytes]) -> tuple[dict[int, tuple[int, bytes]], list[str]]:
    """Check the chain; seal number and hash by position, and the heads, oldest first."""
    sealed: dict[int, tuple[int, bytes]] = {}
    heads, previous = [f"0:{INITIAL_CHAIN.hex()}"], INITIAL_CHAIN
    for expected, line in enumerate(lines, start=1):
        seal = json.loads(line)
        if seal["number"] != expected:
            raise Difference(f"seal {expected} is missing")
        if seal["previous"] != previous.hex():
            raise Difference(f"seal {expected} does not follow seal {expected - 1}")
        leaves = split_leaves(bytes.fromhex(seal["leaves"]))
        positions = split_positions(seal["positions"])
        previous = chain_value(previous, seal)
        if previous.hex() != seal["chain"] or not len(leaves) == len(positions) == seal["size"]:
            raise Difference(f"seal {expected} was changed")
        for position, one in zip(positions, leaves):  # noqa: B905 - Pythons before 3.10 know no `strict`
            if position in sealed:
                raise Difference(f"fact {position} was sealed twice, in seal {expected}, too")
            sealed[position] = (expected, one)
        heads.append(f"{expected}:{previous.hex()}")
    return sealed, heads


def check_facts(lines: list[bytes], sealed: dict[int, tuple[int, bytes]]) -> int:
    """Check that each line is sealed and unchanged; how many there are."""
    seen = set()
    for line in lines:
        try:
            fact = json.loads(line)
            position, name = fact["position"], f"fact {fact['position']} ({fact['relation']})"
        except (ValueError, KeyError, TypeError):
            raise Difference(f"a line is not a fact: {line[:60]!r}") from None
        if position in seen:
            raise Difference(f"{name} stands there twice")
        if position not in sealed:
            raise Difference(f"{name} is in no seal")
        number, hash = sealed[position]
        if leaf(line) != hash:
            raise Difference(f"{name} is not what was sealed in seal {number}")
        seen.add(position)
    return len(seen)


def check_anchors(lines: list[bytes], heads: list[str]) -> int:
    """Check that each published head is one of the chain; how many there are."""
    known = set(heads)
    for line in lines:
        anchor = json.loads(line)
        if anchor["head"] not in known:
            raise Difference(
                f"the head {anchor['head']}, published at {anchor['anchored_at']}, is not in the chain"
            )
    return len(lines)


def _lines(path: Path) -> list[bytes]:
    return [line for line in path.read_bytes().split(b"\n") if line]


def main(arguments: list[str]) -> int:
    head = None
    if "--head" in arguments:
        index = arguments.index("--head")
        head = arguments[index + 1]
        del arguments[index : index + 2]
    folder = Path(arguments[0]) if arguments else Path(__file__).parent
    try:
        sys.stdout.write(check(folder, head) + "\n")
    except Difference as difference:
        sys.stdout.write(f"NOT WHOLE: {difference}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
