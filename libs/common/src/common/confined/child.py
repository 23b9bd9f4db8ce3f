"""The confined side: a process that takes limits upon itself, works once, answers and ends.

It is forked from a small server that has imported what the work needs and nothing else: no
connection, no event loop and no other caller's data are in its memory.
"""

import os
import pickle
import resource
import signal
from contextlib import suppress
from math import ceil
from multiprocessing.connection import Connection
from typing import Final

from common.confined.limits import MIB, Limits

NICENESS: Final = 5
"""How far the work stands back behind what answers requests."""


def work(connection: Connection, limits: Limits) -> None:
    """Wait for a pickled `(function, args)`, call it, send a pickled `(True, result)` or `(False, error)`."""
    _stand_back()
    try:
        piece = connection.recv_bytes()
    except EOFError:
        os._exit(0)  # whoever might have had work is gone
    try:
        function, args = pickle.loads(piece)
        _confine(limits)
        answer = pickle.dumps((True, function(*args)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - the caller raises it
        answer = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
    connection.send_bytes(answer)
    # At once: nothing that the work left behind (threads, hooks at exit) runs any more.
    os._exit(0)


def _stand_back() -> None:
    # Where the machine's memory ends, the work ends before the service.
    with suppress(OSError):
        _write("/proc/self/oom_score_adj", b"1000")
    os.nice(NICENESS)
    _silence()


def _confine(limits: Limits) -> None:
    for number in (signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    # Also where the service that would end it is gone.
    signal.setitimer(signal.ITIMER_REAL, limits.wall_s)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # The second limit ends it with a signal that anybody may send: it has to stay out of reach of the
    # first also where the machine stands still for seconds, and the kernel counts them in one step.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s + ceil(limits.wall_s)))
    space = _address_space() + limits.memory_mib * MIB
    resource.setrlimit(resource.RLIMIT_AS, (space, space))


def _address_space() -> int:
    """The bytes of address space that this process has already."""
    with open("/proc/self/statm", "rb", buffering=0) as statm:
        return int(statm.read(100).split()[0]) * resource.getpagesize()


def _write(path: str, value: bytes) -> None:
    with open(path, "wb", buffering=0) as file:
        file.write(value)


def _silence() -> None:
    """Send output to nowhere: a library's complaint would quote a customer's words in our log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
