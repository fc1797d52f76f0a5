"""Who bears a cost must be certain on every day: shares of an employee sum to 1, and no key is without an owner."""

import duckdb

from ingestion.findings import Finding
from pipeline.company.reading import ROW

ASSIGNMENTS = "cost_center_assignments.csv"


def check_shares(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """On every day of employment the shares of an employee sum to 1: no gap, no 0.99, nothing twice.

    A stretch of days with one wrong sum is one finding, at the row that is to be changed.
    """
    wrong = con.execute(
        f"""
        with edges as (
            select employee_id, unnest([valid_from, valid_to]) as day from typed.employees
            union select employee_id, unnest([valid_from, valid_to]) from typed.cost_center_assignments
        ), spans as (
            select employee_id, day as from_day, lead(day) over (partition by employee_id order by day) as to_day
            from edges where day is not null
        ), employed as (
            select s.*, e.{ROW} as person_row from spans s join typed.employees e on e.employee_id = s.employee_id
             and e.valid_from <= s.from_day and (e.valid_to is null or s.from_day < e.valid_to)
        )
        select s.employee_id, s.from_day, s.to_day, s.person_row,
               coalesce(sum(a.share) filter (s.from_day < coalesce(a.valid_to, date '9999-12-31')
                                             and a.valid_from <= s.from_day), 0) as total,
               max(a.{ROW}) filter (a.valid_from <= s.from_day) as before_row, min(a.{ROW}) as any_row
        from employed s left join typed.cost_center_assignments a on a.employee_id = s.employee_id
        group by all having total <> 1 order by s.employee_id, s.from_day
        """
    ).fetchall()
    return [_share_finding(*found) for found in wrong]


def _share_finding(
    employee: str, first: object, last: object, person: int, total: object, *rows: int | None
) -> Finding:
    row = next((row for row in rows if row is not None), None)
    days = f"from {first} to {last} (excluded)" if last else f"from {first} on"
    file, at = (ASSIGNMENTS, row) if row is not None else ("employees.csv", person)
    if not total:
        column = "valid_to" if row is not None else "employee_id"
        message = f"{employee} is employed but has no cost centre {days}"
        cure = f"let one assignment in {ASSIGNMENTS} end on the day the next one starts"
        return Finding("gap", message, cure, file, at, column)
    message = f"the shares of {employee} sum to {f'{total:f}'.rstrip('0').rstrip('.')}, not 1, {days}"
    cure = "make the shares of these days sum to 1; valid_to is the first day an assignment no longer holds"
    return Finding("shares", message, cure, file, at, "share")


def check_owners(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """A credential that changes hands has an owner on every day between, unless nobody concerned is employed then."""
    gaps = con.execute(
        f"""
        with hands as (
            select *, lag(valid_to) over w as ended, lag(owner_id) over w as before_id, lag(owner_type) over w as before
            from typed.credentials window w as (partition by source, account, kind, value order by valid_from)
        )
        select {ROW}, kind, ended, valid_from from hands
        where ended < valid_from and (
            before <> 'employee' or owner_type <> 'employee' or exists (
                select * from typed.employees e where e.employee_id in (hands.owner_id, hands.before_id)
                 and e.valid_from <= hands.ended and (e.valid_to is null or hands.ended < e.valid_to)))
        order by {ROW}
        """
    ).fetchall()
    cure = "start this row on the day the one before ends, or end that one later"
    return [
        Finding(
            "gap",
            f"this {kind} has no owner from {ended} to {start} (excluded)",
            cure,
            "credentials.csv",
            row,
            "valid_from",
        )
        for row, kind, ended, start in gaps
    ]
