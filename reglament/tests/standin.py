"""A service's stand-in: `/readyz` answers 200; the variables DEAF and BROKEN make it never ready."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if "DEAF" in os.environ else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    if "BROKEN" in os.environ:
        sys.exit("the table tickets is missing")
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Door).serve_forever()
