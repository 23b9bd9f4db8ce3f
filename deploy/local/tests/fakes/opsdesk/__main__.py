"""Counts in its working folder how often each of its commands was called, but for the one that lasts.

`LOAD` says what goes wrong with loading the demo company.
"""

import http.client
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

command = " ".join(sys.argv[1:3])
if command == "company issuer":
    listener = socket.create_server(("127.0.0.1", int(sys.argv[4])))
    signal.pause()  # until it is ended
with Path("called").open("a") as called:
    called.write(f"{command}\n")
if command == "company load" and os.environ.get("LOAD") == "fails":
    sys.exit("no customer can be created")
if command == "company load" and os.environ.get("LOAD") == "crashes sla and waits":
    sla = urlsplit(json.loads(Path("addresses.json").read_text())["services"]["sla"])
    connection = http.client.HTTPConnection(sla.netloc, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/crash")
        connection.getresponse()
    signal.pause()  # until it is ended
