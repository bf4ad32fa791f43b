"""Hand this folder out to a browser on this computer.

    python3 serve.py                 then open the address that it prints
    python3 serve.py --port 8001     at another port
    python3 serve.py --plain         without the two headers, as most web servers do

The two headers isolate the page from other sites. Python then reaches its files also
where the browser blocks service workers; otherwise everything works without them too.
"""

import argparse
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class Handler(SimpleHTTPRequestHandler):
    """Hands out files, with the two headers."""

    headers_of_all = ISOLATED
    # Named here, since on some computers the system's own table has them wrong.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".json": "application/json",
    }

    def end_headers(self):
        """Add the headers; a browser asks each time whether a file has changed."""
        for name, value in self.headers_of_all.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *words):
        """Say nothing."""


class Plain(Handler):
    """Hands out files, without the two headers."""

    headers_of_all: dict = {}  # noqa: RUF012


def make_server(folder, port=8000, plain=False, host="127.0.0.1"):
    """Return a server of the files in `folder`; port 0 takes any that is free."""
    handler = partial(Plain if plain else Handler, directory=str(folder))
    return ThreadingHTTPServer((host, port), handler)


def main():
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--plain", action="store_true", help="without the two headers")
    options = parser.parse_args()
    try:
        server = make_server(Path(__file__).parent, options.port, options.plain)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", "there is no such port")
        raise SystemExit(
            f"Port {options.port} cannot be used ({why}). Name another one: "
            "python3 serve.py --port 8001"
        ) from None
    print(
        f"Open http://127.0.0.1:{server.server_port}/ - to end it, press Ctrl-C here."
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()


if __name__ == "__main__":
    main()
