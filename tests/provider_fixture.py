"""A provider on loopback: a real HTTP server that pages, limits, refuses and breaks as the providers' APIs do.

Each endpoint is a function of the request; `faults` are answered first, one a request, whatever was asked.
"""

import base64
import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "sk-admin-SECRET-0123456789"
DAY = 86400


@dataclass(frozen=True)
class Request:
    """What came in. `query` has every value given."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: dict[str, Any]

    def one(self, name: str, default: str = "") -> str:
        """The value of a parameter that is given once."""
        return self.query.get(name, [default])[0]


@dataclass(frozen=True)
class Fault:
    """An answer that is none. `cut`: bytes of the body that are sent of those announced; `delay`: seconds before it."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"error": {"message": "no"}}'
    cut: int | None = None
    delay: float = 0
    after: int = 0


Endpoint = Callable[[Request], Any]


class Refusal(Exception):
    """An error of the API: status and message."""

    def __init__(self, status: int, message: str):
        self.status, self.message = status, message
        super().__init__(message)


class Provider:
    """The server. `endpoints` by path, `faults` in the order they come up, `requests` as they came."""

    def __init__(self, allowed: Callable[[Request], bool]) -> None:
        self.endpoints: dict[str, Endpoint] = {}
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.allowed = allowed
        provider = self

        class Handler(BaseHTTPRequestHandler):
            """Hands every request to the provider."""

            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                provider.answer(self, "GET")

            def do_POST(self) -> None:
                provider.answer(self, "POST")

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hung up is no news
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, handler: BaseHTTPRequestHandler, method: str) -> None:
        """Answer one request, or fault."""
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Request(method, parts.path, parse_qs(parts.query), headers, json.loads(body or b"{}"))
        self.requests.append(request)
        fault = self._fault()
        if fault:
            time.sleep(fault.delay)
            return self._send(handler, fault.status, fault.body.encode(), fault.headers, fault.cut)
        try:
            if not self.allowed(request):
                given = headers.get("authorization", headers.get("x-api-key"))
                raise Refusal(401, f"Incorrect API key provided: {given}")
            if request.path not in self.endpoints:
                raise Refusal(404, f"no such path {request.path}")
            document = self.endpoints[request.path](request)
            status, content = 200, json.dumps(document, indent=1).encode()
        except Refusal as refusal:
            status, content = refusal.status, json.dumps({"error": {"message": refusal.message}}).encode()
        self._send(handler, status, content, {})

    def _fault(self) -> Fault | None:
        due = next((fault for fault in self.faults if fault.after < len(self.requests)), None)
        if due:
            self.faults.remove(due)
        return due

    def _send(
        self,
        handler: BaseHTTPRequestHandler,
        status: int,
        content: bytes,
        headers: dict[str, str],
        cut: int | None = None,
    ) -> None:
        zipped = status == 200 and cut is None
        content = gzip.compress(content) if zipped else content
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if zipped:
            handler.send_header("content-encoding", "gzip")
        for name in ("x-request-id", "request-id", "x-github-request-id"):
            handler.send_header(name, f"req_{len(self.requests):04}")
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:cut])
        if cut is not None:
            handler.close_connection = True

    @contextmanager
    def serving(self) -> Iterator["Provider"]:
        """While it is up."""
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join()


def bearer(request: Request) -> bool:
    """OpenAI, GitHub, OpenRouter, LiteLLM."""
    return request.headers.get("authorization") == f"Bearer {KEY}"


def x_api_key(request: Request) -> bool:
    """Anthropic: the key and the version of the API."""
    return request.headers.get("x-api-key") == KEY and request.headers.get("anthropic-version") == "2023-06-01"


def basic(request: Request) -> bool:
    """Cursor: the key is the user's name."""
    return request.headers.get("authorization") == "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()


def tokens(
    items: list[Any], request: Request, default: int, most: int, send: str = "page"
) -> tuple[list[Any], str | None]:
    """The page of `items` that is asked for, and the token of the next; `limit` counts items, and has its limit."""
    limit = int(request.one("limit", str(default)))
    if limit > most:
        raise Refusal(400, f"limit must be at most {most}")
    asked = request.one(send)
    start = int(base64.urlsafe_b64decode(asked[5:]).decode()) if asked else 0
    page, rest = items[start : start + limit], items[start + limit :]
    token = "page_" + base64.urlsafe_b64encode(str(start + limit).encode()).decode()
    return page, token if rest else None


def after_id(items: list[dict[str, Any]], request: Request, send: str, most: int) -> dict[str, Any]:
    """A list that is paged by the last id of the page before."""
    ids = [item["id"] for item in items]
    start = ids.index(request.one(send)) + 1 if request.one(send) else 0
    limit = min(int(request.one("limit", "20")), most)
    page = items[start : start + limit]
    first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return {"data": page, "first_id": first, "last_id": last, "has_more": start + limit < len(items)}
