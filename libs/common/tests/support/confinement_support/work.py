"""Functions for confined work: the process imports them by name."""

import os
import re
import resource
import time
from pathlib import Path


class Refused(ValueError):
    """What a function says of its input."""


def double(number: int) -> int:
    return 2 * number


def refuse(what: str) -> None:
    raise Refused(what)


def compute_forever() -> None:
    """Inside one call of C code, which holds Python's lock and looks at no signal."""
    re.match(r"(a|a)*b", "a" * 60)


def sleep(seconds: float) -> None:
    time.sleep(seconds)  # the work itself: what takes long without the processor


def take_memory(mib: int) -> int:
    return len(bytearray(mib * 1024 * 1024))


def crash() -> None:
    os.abort()


def end_by(signal: int) -> None:
    os.kill(os.getpid(), signal)


def answer(mib: int) -> bytes:
    return b"x" * (mib * 1024 * 1024)


def write(file: Path) -> None:
    file.write_text("kept")


def shout() -> None:
    os.write(2, b"a customer's words")


def environment_of_process() -> tuple[int, int]:
    """Its niceness, and how many threads and other children's files it has."""
    return os.nice(0), len(os.listdir("/proc/self/fd"))


def limits_of_computing() -> tuple[int, int]:
    """The seconds after which SIGXCPU, and after which SIGKILL ends this process."""
    return resource.getrlimit(resource.RLIMIT_CPU)


def process_id() -> int:
    return os.getpid()
