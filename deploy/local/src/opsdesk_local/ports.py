"""Free TCP ports on this machine."""

import random
import socket

# Below the range of ports for outgoing connections (32768 and up), so that a killed server finds
# its port free when it is started again.
_TEST_PORTS = range(20_000, 32_000)
# A port that was just returned may not be in use yet.
_handed_out: set[int] = set()


def is_free(port: int) -> bool:
    """Return whether a server could listen on 127.0.0.1:port; closing connections do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(preferred: int | None = None) -> int:
    """Return the preferred port if it is free, else a random free one."""
    if preferred is not None and is_free(preferred):
        return preferred
    port = next(port for port in iter(_random_port, 0) if port not in _handed_out and is_free(port))
    _handed_out.add(port)
    return port


def accepts_connections(port: int) -> bool:
    """Return whether something accepts connections on 127.0.0.1:port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _random_port() -> int:
    return random.choice(_TEST_PORTS)
