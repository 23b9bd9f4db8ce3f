"""TCP ports on this machine, claimed for as long as this process lives.

Whether a port is free is not known by looking: two processes that look at the same instant see the
same. So a port is claimed by binding two sockets. One is a Unix socket without a file, named after
the port, which no other process of OpsDesk can bind; the kernel removes it however the process ends.
The other is bound to the port itself and never listens: the child that gets the port can listen
there, and no outgoing connection gets it while the child is restarted.
"""

import random
import socket

# Below the range of ports for outgoing connections (32768 and up), so that a killed server finds
# its port free when it is started again.
_TEST_PORTS = range(20_000, 32_000)
_claims: dict[int, tuple[socket.socket, socket.socket]] = {}


def claim_port(port: int) -> bool:
    """Claim 127.0.0.1:port for this process. False where anybody has it; closing connections do not count."""
    if port in _claims:
        return False
    name, holder = socket.socket(socket.AF_UNIX), socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        name.bind(f"\0opsdesk-port-{port}")
        holder.bind(("127.0.0.1", port))
    except OSError:
        name.close()
        holder.close()
        return False
    _claims[port] = name, holder
    return True


def release_port(port: int) -> None:
    """Give a claimed port up, for a program that is not our child."""
    for claim in _claims.pop(port, ()):
        claim.close()


def free_port(preferred: int | None = None) -> int:
    """Claim the preferred port, else a random one."""
    if preferred is not None and claim_port(preferred):
        return preferred
    return next(port for port in iter(_random_port, 0) if claim_port(port))


def unclaimed_port() -> int:
    """Return a free port for a program that is not our child, such as a container's."""
    port = free_port()
    release_port(port)
    return port


def accepts_connections(port: int) -> bool:
    """Return whether something accepts connections on 127.0.0.1:port, whatever it is."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _random_port() -> int:
    return random.choice(_TEST_PORTS)
