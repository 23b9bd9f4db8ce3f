"""A bucket of moto's S3 server, in a process of its own.

It speaks the S3 protocol over HTTP and keeps objects in memory. It checks no signature and knows no
permissions, throttling or eventual trouble of Amazon's: it shows that our requests are well formed.
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import Request, urlopen

START_TIMEOUT_S = 30.0


@contextmanager
def s3_server(bucket: str) -> Iterator[str]:
    """Run the server with this bucket. Its address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _create_bucket(f"{address}/{bucket}")
        yield address
    finally:
        process.kill()
        process.wait()


def _create_bucket(address: str) -> None:
    end = monotonic() + START_TIMEOUT_S
    while True:
        try:
            urlopen(Request(address, method="PUT"), timeout=5).close()
            return
        except (URLError, ConnectionError):
            if monotonic() > end:
                raise
            sleep(0.1)
