"""What may pass is tried again, at the pace the other side asks for; what will not is told with its cure."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from pydantic import SecretStr
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from ingestion.connectors.declaration import Api

P = ParamSpec("P")
T = TypeVar("T")

LOOPBACK = ("localhost", "127.0.0.1", "::1")
TRIES = 6
LONGEST_PAUSE = 60  # seconds between two tries, where the provider does not say
PATIENCE = 900  # seconds that a provider may ask to wait; who wants more is asked by the next run


class PullRefused(Exception):
    """An export cannot be fetched, and trying again will not help; the message says what will."""


class Unavailable(PullRefused, ConnectionError):
    """The provider did not answer as it should, several times; later it may. What was fetched is kept."""


class Passing(Exception):
    """A fault that may pass by itself; `wait` is how many seconds the provider asks for."""

    def __init__(self, reason: str, wait: int | None = None):
        self.wait = wait
        super().__init__(reason)


@dataclass(frozen=True)
class Access:
    """What an account's exports are asked of, where it is, and the key to it. `key_from` is where a person sets it."""

    api: Api
    base_url: str
    key: SecretStr
    key_from: str

    @property
    def cure(self) -> str:
        """What to do about a key that is refused."""
        return f"Set {self.key_from} to {self.api.key}"


class Trying:
    """A way to one host. `retried` collects every fault that was overcome, `requests` counts all that was sent."""

    def __init__(self, access: Access, host: str, sleep: Callable[[float], None]):
        self.access, self.host = access, host
        self.retried: list[str] = []
        self.requests = 0
        self._sleep = sleep

    @property
    def secret(self) -> str:
        """The key itself."""
        return self.access.key.get_secret_value()

    def hidden(self, text: str) -> str:
        """A text without the key."""
        return text.replace(self.secret, "***")

    def until_it_works(self, place: str, what: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `what` gives, which raises Passing for another try. Raises Unavailable when every try failed."""
        retrying = Retrying(
            retry=retry_if_exception_type(Passing),
            stop=stop_after_attempt(TRIES),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(what, *args, **kwargs)
        except Passing as fault:
            cure = "what is fetched is kept; pull again later"
            raise Unavailable(f"{place}: {fault} ({TRIES} times; {cure})") from None

    def told(self) -> tuple[int, list[str]]:
        """How many requests were sent, and what was overcome, since this was asked last."""
        told = self.requests, self.retried
        self.requests, self.retried = 0, []
        return told

    def _pause(self, state: RetryCallState) -> float:
        """How long to wait before the next try: as told, else ever longer, never all at the same moment."""
        fault = state.outcome.exception() if state.outcome else None
        self.retried.append(str(fault))
        if isinstance(fault, Passing) and fault.wait is not None:
            if fault.wait > PATIENCE:
                raise Unavailable(f"{self.host}: {fault}, and asks to wait {fault.wait} s; pull again then") from None
            return fault.wait
        longest = min(LONGEST_PAUSE, 2**state.attempt_number)
        return longest * (0.5 + random.random() / 2)  # noqa: S311  no secret
