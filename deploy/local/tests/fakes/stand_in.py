"""Stands in for a service: migrates nothing, is ready at once, and ends when it is asked to."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


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
    address = (os.environ["OPSDESK_HOST"], int(os.environ["OPSDESK_PORT"]))
    HTTPServer(address, Answers).serve_forever()
