"""What company/tokenbooks.yml says of an export that is fetched: for which account, when, and where its key is."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Connection(BaseModel):
    """An export that is fetched for an account by the clock, `schedule` in UTC; by default every morning.

    The key is in an environment variable (`key`, else the API's own) or an Airflow `connection`, never here.
    `days_back` replaces the days that the source asks for again, `parameters` are what only the company knows.
    """

    model_config = ConfigDict(extra="forbid")

    source: str
    account: str = Field(pattern=r"^[^./\\][^/\\]*$")
    schedule: str = "0 6 * * *"
    days_back: int | None = Field(default=None, ge=1)
    key: str | None = None
    connection: str | None = None
    base_url: str | None = None
    parameters: dict[str, str] = {}

    @field_validator("key")
    @classmethod
    def _is_a_variable(cls, key: str | None) -> str | None:
        if key is not None and not re.fullmatch(r"[A-Z][A-Z0-9_]*", key):
            raise ValueError("names an environment variable, in capitals; the key itself must never stand here")
        return key

    @field_validator("schedule")
    @classmethod
    def _is_cron(cls, schedule: str) -> str:
        if len(schedule.split()) != 5:
            raise ValueError("write five fields of cron: minute hour day month weekday, such as 0 6 * * *")
        return schedule
