"""The company files that follow from the story: people, assignments, keys, pay, periods and exchange rates.

What finance writes by hand (centres, services, rules, accounts, policies) is copied from `company/` beside this module.
"""

import csv
import io
import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pipeline.company.starting import default_files
from pipeline.sample import labs
from pipeline.sample.story import HERE, days, key_id, people, story, streams, tools_of, user_id

# Fixed, so that two samples have the same pseudonyms; of no real company.
SECRET = "sample-company-pseudonym-key-0001"  # noqa: S105


def company_files(whole: bool) -> Iterator[tuple[str, bytes]]:
    """Every file of `company/`: (path below it, bytes); what it knows of Acme Labs only if it is the `whole` sample."""
    for name, text in _texts(whole):
        yield name, text.encode()


def _texts(whole: bool) -> Iterator[tuple[str, str]]:
    for name, text in default_files().items():
        if name.endswith(".csv"):  # the chart of accounts and the posting rules; its policies are its own
            yield name, text
    written = HERE / "company"
    for path in sorted(written.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(written)), path.read_text(encoding="utf-8") + _more_of(path.name, whole)
    for name, (columns, rows) in DERIVED.items():
        yield name, _csv([columns.split(","), *rows()])
    yield "pseudonym.key", SECRET + "\n"


def _more_of(name: str, whole: bool) -> str:
    if name == "tokenbooks.yml" and whole:
        return labs.accounts()
    return _csv([*_keys(), *(labs.keys() if whole else ())]) if name == "credentials.csv" else ""


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def email(person: dict[str, str]) -> str:
    """Where a person is reached: first.last at a domain that is nobody's."""
    return person["name"].lower().replace(" ", ".") + "@acme.example"


def _employees() -> Iterator[list[Any]]:
    for person in people():
        yield [
            person["employee_id"],
            person["name"],
            email(person),
            person["worker_type"],
            person["role_family"],
            person["fte"],
            person["valid_from"],
            person["valid_to"],
        ]


def _assignments() -> Iterator[list[Any]]:
    transfer, dual = story()["oddities"]["transfer"], story()["oddities"]["dual"]
    for person in people():
        employee, centre = person["employee_id"], person["cost_center_id"]
        first, last = person["valid_from"], person["valid_to"]
        if employee == transfer["employee"]:
            yield [employee, centre, "1", first, transfer["date"]]
            yield [employee, transfer["to"], "1", transfer["date"], last]
        elif employee == dual["employee"]:
            yield from ([employee, part, share, first, last] for part, share in dual["shares"].items())
        else:
            yield [employee, centre, "1", first, last]


def _keys() -> Iterator[list[Any]]:
    """Credentials of people (key, user, e-mail) and the keys of services and projects; the unknown keys are nowhere."""
    for person in people():
        employee = person["employee_id"]
        first = _first_key(person)
        yield ["*", "*", "email", email(person), "employee", employee, "", "", first, ""]
        yield from _keys_of_tools(person, first)
    for stream in streams():
        if stream.name in story()["key_owners"]:
            kind, owner = story()["key_owners"][stream.name]
            account = story()["accounts"][stream.provider]
            yield ["*", account, "api_key_id", stream.key, kind, owner, "", "", "2025-01-01", ""]


def _first_key(person: dict[str, str]) -> Any:
    joiner = story()["oddities"]["joiner"]
    return joiner["key_spends_from"] if joiner["employee"] == person["employee_id"] else person["valid_from"]


def _keys_of_tools(person: dict[str, str], first: Any) -> Iterator[list[Any]]:
    employee = person["employee_id"]
    project, activity = story()["key_work"].get(employee, ["", ""])
    signed_in = set()
    for tool, _ in tools_of(person):
        kind = story()["tools"][tool]
        provider, account = kind["provider"], story()["accounts"][kind["provider"]]
        if kind["by"] == "key":
            key = key_id(provider, employee)
            yield ["*", account, "api_key_id", key, "employee", employee, project, activity, first, ""]
        if (kind["by"] == "user" or provider == "openai") and provider not in signed_in:
            signed_in.add(provider)
            yield ["*", account, "user_id", user_id(provider, employee), "employee", employee, "", "", first, ""]


def _pay() -> Iterator[list[Any]]:
    for person in people():
        if person["worker_type"] == "employee":
            base = Decimal(person["base_salary"])
            currency = "EUR" if person["cost_center_id"] == "CC150" else "USD"
            loaded = (base * 13 / 10).quantize(Decimal("0.01"))
            yield [person["employee_id"], f"{base}.00", loaded, currency, person["valid_from"], person["valid_to"]]


def _fiscal_periods() -> Iterator[list[Any]]:
    for entity in ("IE01", "US01"):
        for month in range(1, 13):
            first = date(2026, month, 1)
            yield [entity, f"{first:%Y-%m}", first, _next_month(first)]


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _rates() -> Iterator[list[Any]]:
    """Dollars in euros: a walk of at most 20 points a day around 0.9150, and each month's average and close."""
    chance = random.Random(f"{story()['seed']}|fx")  # noqa: S311  repeatable, nothing secret
    points = 9150
    for month in range(8, 11):
        first = date(2026, month, 1)
        spots = []
        for day in days(first, _next_month(first)):
            points = min(9400, max(8900, points + chance.randint(-20, 20)))
            spots.append(points)
            yield _rate(day, points, "spot")
        last = _next_month(first) - timedelta(days=1)
        yield _rate(last, sum(spots) // len(spots), "month_average")
        yield _rate(last, spots[-1], "closing")


def _rate(day: date, points: int, kind: str) -> list[Any]:
    return [day, "USD", "EUR", Decimal(points).scaleb(-4), kind, "sample"]


DERIVED = {
    "employees.csv": ("employee_id,name,email,worker_type,role_family,fte,valid_from,valid_to", _employees),
    "cost_center_assignments.csv": ("employee_id,cost_center_id,share,valid_from,valid_to", _assignments),
    "compensation.csv": ("employee_id,base_salary,loaded_cost,currency,valid_from,valid_to", _pay),
    "fiscal_periods.csv": ("entity_id,period,start_date,end_date", _fiscal_periods),
    "fx_rates.csv": ("rate_date,from_currency,to_currency,rate,rate_type,rate_source", _rates),
}
