"""What happens to confined work when the service is stopped."""

import os
from signal import SIGTERM


def read_while_stopped(_: bytes) -> None:
    """End like a process of a service that is stopped."""
    os.kill(os.getpid(), SIGTERM)


def crash(*_: object) -> None:
    """End like a process in which a fault ends everything."""
    os._exit(70)
