"""Stands in for a service: migrates nothing, is ready at once, and ends when it is asked to."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread


class Answers(BaseHTTPRequestHandler):
    """200 for everything; GET /crash ends the process."""

    def do_GET(self) -> None:
        if self.path == "/crash":
            sys.stdout.write("the last words of a stand-in\n")
            sys.stdout.flush()
            os._exit(3)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


if sys.argv[1] == "migrate":
    with Path("migrated").open("a") as migrated:
        migrated.write("once\n")
if sys.argv[1] == "serve":
    for kind in ("", "MANAGEMENT_"):
        address = (os.environ[f"OPSDESK_{kind}HOST"], int(os.environ[f"OPSDESK_{kind}PORT"]))
        server = HTTPServer(address, Answers)
        Thread(target=server.serve_forever).start()
