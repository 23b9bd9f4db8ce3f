"""Which process listens on a port: that something answers does not say that it is ours."""

from collections.abc import Iterator
from pathlib import Path

_LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""


def session_listens(session: int, port: int) -> bool:
    """Return whether a process of this session listens on the TCP port.

    Sockets of another user's processes are visible to root only.
    """
    inodes = _listening_inodes(port)
    return bool(inodes) and any(inodes & _sockets(process) for process in in_session(session))


def in_session(session: int) -> Iterator[Path]:
    """Yield the folders in /proc of a session's processes: of a child and of those that it started."""
    for process in Path("/proc").glob("[0-9]*"):
        if _session(process) == session:
            yield process


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    return inodes


def _session(process: Path) -> int | None:
    try:
        # The name, in parentheses, may contain anything.
        return int((process / "stat").read_text().rpartition(")")[2].split()[3])
    except OSError:
        return None


def _sockets(process: Path) -> set[str]:
    try:
        return {str(entry.readlink()) for entry in (process / "fd").iterdir()}
    except OSError:
        return set()
