"""One request at a time over HTTP: what may pass is tried again, what will not is told with its cure.

The key goes to one host only, and into nothing that is written, raised or logged.
"""

import base64
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

from ingestion.connectors.asking import Call
from ingestion.connectors.trying import LOOPBACK, Access, Passing, PullRefused, Trying
from ingestion.findings import shortened
from ingestion.pages import PAGE_LIMIT

TEMPORARY = (408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529)
TIMEOUT = httpx.Timeout(120, connect=15)


class CursorExpired(Exception):
    """The provider has forgotten where it was (HTTP 410): begin again with the first page."""


@dataclass(frozen=True)
class Answer:
    """What the endpoint returned: exact bytes, HTTP status, the provider's id of the request, and when."""

    content: bytes
    status: int
    request_id: str | None
    fetched_at: datetime


class Transport(Trying):
    """A connection to one API. Raises PullRefused for a base URL that is no https (plain http: this machine only)."""

    def __init__(self, access: Access, sleep: Callable[[float], None] = time.sleep, timeout: httpx.Timeout = TIMEOUT):
        super().__init__(access, _checked_host(access.base_url), sleep)
        self.api, self._last = access.api, 0.0
        secret = self.secret
        if not secret.isascii() or not secret.isprintable():
            raise PullRefused(f"{access.key_from}: holds characters that no key has; copy it again")
        self._client = httpx.Client(
            base_url=access.base_url,
            headers={"user-agent": "tokenbooks"} | {n: v.format(key=secret) for n, v in self.api.headers.items()},
            auth=httpx.BasicAuth(secret, "") if self.api.basic else None,
            timeout=timeout,
            follow_redirects=False,  # the key is for this host alone
            trust_env=self.host not in LOOPBACK,  # a company's proxy is between us and others, not ourselves
        )

    def __enter__(self) -> "Transport":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch(self, call: Call) -> Answer:
        """The answer to a request, after as many tries as it takes.

        Raises CursorExpired, Unavailable when every try failed, PullRefused when another try would not help.
        """
        return self.until_it_works(f"{self.host}{call.path}", self._once, call)

    def hidden(self, text: str) -> str:
        """A text without the key, in whatever form the key was sent."""
        return super().hidden(text).replace(base64.b64encode(f"{self.secret}:".encode()).decode(), "***")

    def _once(self, call: Call) -> Answer:
        self._keep_pace()
        self.requests += 1
        arguments: dict[str, Any] = {"params": dict(call.query), **({"json": dict(call.body)} if call.body else {})}
        try:
            with self._client.stream(call.method, call.path, **arguments) as response:
                content = _read(response)
        except httpx.TransportError as error:
            raise Passing(self.hidden(f"{type(error).__name__}: {error}")) from None
        if response.status_code != HTTPStatus.OK:
            self._refuse(call, response, content)
        _refuse_broken(content)
        return Answer(content, response.status_code, self._request_id(response), datetime.now(UTC))

    def _request_id(self, response: httpx.Response) -> str | None:
        found = response.headers.get(self.api.request_id)
        return self.hidden(found) if found else None

    def _refuse(self, call: Call, response: httpx.Response, content: bytes) -> None:
        status, said = response.status_code, shortened(self.hidden(_message(content)))
        place = f"{self.host}{call.path}"
        if status == HTTPStatus.GONE:
            raise CursorExpired(f"{place}: answers 410, {said}")
        if status in TEMPORARY:
            raise Passing(f"answers {status}, {said}", _asked_to_wait(response.headers.get("retry-after")))
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise PullRefused(f"{place}: refuses the key ({status}, {said}). {self.access.cure}")
        if response.is_redirect:
            to = urlsplit(response.headers.get("location", "")).hostname or "elsewhere"
            raise PullRefused(f"{place}: sends us on to {to} ({status}); the key goes to {self.host} alone")
        raise PullRefused(f"{place}: answers {status}, {said}")

    def _keep_pace(self) -> None:
        """No more requests a minute than the provider allows."""
        soonest = self._last + 60 / self.api.per_minute
        if self._last and (early := soonest - time.monotonic()) > 0:
            self._sleep(early)
        self._last = time.monotonic()


def _checked_host(base_url: str) -> str:
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.query:
        raise PullRefused(f"{shortened(base_url)}: is no address of an API, such as https://api.example.com")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise PullRefused(f"http://{host}: would send the key unencrypted; write https")
    return host


def _read(response: httpx.Response) -> bytes:
    """The body, as far as a page may go."""
    content = bytearray()
    for block in response.iter_bytes():
        content += block
        if len(content) > PAGE_LIMIT:
            raise PullRefused(f"{response.request.url.host}: answers with more than {PAGE_LIMIT >> 20} MiB a page")
    return bytes(content)


def _refuse_broken(content: bytes) -> None:
    """An answer that breaks off in the middle of its JSON is asked for again."""
    try:
        json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Passing(f"answers with broken JSON of {len(content)} bytes: {error}") from None


def _message(content: bytes) -> str:
    """What the provider says about a refusal, from the usual places."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return re.sub(r"\s+", " ", content[:500].decode("utf-8", "replace"))
    error = said.get("error", said) if isinstance(said, dict) else said
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)


def _asked_to_wait(header: str | None) -> int | None:
    """Seconds of a Retry-After, which is a number or a date; None when it is neither."""
    if header is None:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", header.strip()):
        return int(header.strip().split(".")[0]) + ("." in header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, int((until - datetime.now(UTC)).total_seconds()) + 1)
