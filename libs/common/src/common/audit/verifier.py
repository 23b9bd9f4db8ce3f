"""Verifies an exported audit trail: `python verifier.py [FOLDER] [--head NUMBER:CHAIN]`.

Needs nothing but Python 3.8 or newer. The hashes are defined here and nowhere else.

  entry  sha256(0x00 || line)           a line of entries.jsonl without its line feed
  node   sha256(0x01 || left || right)  the Merkle tree of RFC 6962, section 2.1
  chain  sha256(0x02 || previous || header), header: [number,"sealed_at",size,"root"] as JSON

A seal covers the entries of about a minute; `previous` is the chain value of the seal before it, so
a later head covers everything earlier. Compare the head with one that you noted before.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

FORMAT = "opsdesk-audit-1"
INITIAL_CHAIN = bytes(32)


def leaf(line: bytes) -> bytes:
    """Hash an entry, from its exact bytes."""
    return hashlib.sha256(b"\x00" + line).digest()


def root(leaves: list[bytes]) -> bytes:
    """Hash the Merkle tree over leaf hashes; an odd one moves up a level unchanged."""
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        upper = [
            hashlib.sha256(b"\x01" + level[left] + level[left + 1]).digest()
            for left in range(0, len(level) - 1, 2)
        ]
        level = upper + level[len(upper) * 2 :]
    return level[0]


def chain(previous: bytes, number: int, sealed_at: str, size: int, root: bytes) -> bytes:
    """Hash a seal with the one before it; `sealed_at` as in seals.jsonl."""
    header = json.dumps([number, sealed_at, size, root.hex()], separators=(",", ":"))
    return hashlib.sha256(b"\x02" + previous + header.encode()).digest()


class Difference(Exception):
    """The first place at which the trail differs from what was sealed."""


def check(folder: Path, head: str | None = None) -> str:
    """Verify an export and return the result as one sentence. Raises Difference."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    if manifest.get("format") != FORMAT:
        raise Difference(f"manifest.json is of another format than {FORMAT}")
    for name, digest in sorted(manifest["files"].items()):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise Difference(f"{name} is not the file that was exported")
    leaves, heads = check_seals(_lines(folder / "seals.jsonl"))
    given = check_entries(_lines(folder / "entries.jsonl"), leaves)
    if manifest["part"] is None and given != len(leaves):
        missing = min(set(leaves) - set(_positions(folder)))
        raise Difference(f"entry {missing} was sealed and is not in the export")
    if heads[-1] != manifest["head"]:
        raise Difference("the last seal is not the head that manifest.json names")
    if head is not None and head not in heads:
        raise Difference(f"no seal is {head}: the trail was rewritten after you noted it")
    withheld = len(leaves) - given
    return (
        f"whole: {given} entries checked, {withheld} withheld, "
        f"{len(heads) - 1} seals, head {heads[-1]}"
    )


def check_seals(lines: list[bytes]) -> tuple[dict[int, bytes], list[str]]:
    """Verify the seals; return the leaf hashes by position, and the heads, oldest first."""
    leaves: dict[int, bytes] = {}
    heads, previous = [f"0:{INITIAL_CHAIN.hex()}"], INITIAL_CHAIN
    for expected, line in enumerate(lines, start=1):
        seal = json.loads(line)
        if seal["number"] != expected:
            raise Difference(f"seal {expected} is missing")
        if seal["previous"] != previous.hex():
            raise Difference(f"seal {expected} does not follow seal {expected - 1}")
        hashes = [bytes.fromhex(hash) for _, hash in seal["leaves"]]
        if len(hashes) != seal["size"] or root(hashes).hex() != seal["root"]:
            raise Difference(f"seal {expected} does not match its entries")
        previous = chain(
            previous, expected, seal["sealed_at"], seal["size"], bytes.fromhex(seal["root"])
        )
        if previous.hex() != seal["chain"]:
            raise Difference(f"seal {expected} was changed")
        leaves.update((position, bytes.fromhex(hash)) for position, hash in seal["leaves"])
        heads.append(f"{expected}:{previous.hex()}")
    return leaves, heads


def check_entries(lines: list[bytes], leaves: dict[int, bytes]) -> int:
    """Verify that each entry is sealed and unchanged; return how many there are."""
    seen = set()
    for line in lines:
        position = json.loads(line)["position"]
        if position in seen:
            raise Difference(f"entry {position} is there twice")
        if position not in leaves:
            raise Difference(f"entry {position} is in no seal")
        if leaf(line) != leaves[position]:
            raise Difference(f"entry {position} was changed")
        seen.add(position)
    return len(seen)


def _positions(folder: Path) -> list[int]:
    return [json.loads(line)["position"] for line in _lines(folder / "entries.jsonl")]


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
