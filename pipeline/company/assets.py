"""Software as an asset: a module's dependencies end somewhere, and no useful life is older than its memo."""

import duckdb

from ingestion.findings import Finding
from pipeline.company.reading import ROW

MODULES, CHANGES = "modules.csv", "asset_changes.csv"


def check_modules(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Findings for typed.modules: dependencies in a circle, a life that is none; a start without memo is a warning.

    Without a life memo dated by the day the module is ready (E8) the policy's life holds until there is one.
    """
    circles = con.execute(
        f"""
        with recursive needs as (
            select module_id, unnest(string_split(depends_on, ';')) as pair
            from typed.modules where depends_on is not null
        ), reached as (
            select module_id, trim(split_part(pair, ':', 1)) as needed from needs
            union
            select r.module_id, trim(split_part(n.pair, ':', 1)) from reached r join needs n on r.needed = n.module_id
        )
        select m.{ROW}, m.module_id from typed.modules m join reached r on r.module_id = m.module_id
        where r.needed = m.module_id order by 1
        """
    ).fetchall()
    cure = "take one of the dependencies away: none of them could ever be ready"
    found = [Finding("circle", f"{one} depends on itself", cure, MODULES, row, "depends_on") for row, one in circles]
    return found + _lives(con) + _without_memo(con)


def _lives(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    rows = con.execute(
        f"""
        select {ROW}, useful_life_months, case when useful_life_months < 1 then 'useful_life_months'
                      when life_memo_ref is null then 'life_memo_ref' else 'life_memo_date' end
        from typed.modules
        where useful_life_months < 1
           or (useful_life_months is not null and (life_memo_ref is null or life_memo_date is null)) order by 1
        """
    ).fetchall()
    return [
        Finding("life", "a life of less than a month", "write the months of the useful life", MODULES, row, column)
        if months < 1
        else Finding("life", "a useful life needs its memo (E8)", f"fill in {column}", MODULES, row, column)
        for row, months, column in rows
    ]


def _without_memo(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    late = con.execute(
        f"""
        select m.{ROW}, m.module_id, min(g.event_date), m.life_memo_date
        from typed.modules m join typed.gate_events g on g.project_id = m.project_id and g.gate = 'ready_for_use'
         and (g.module_id is null or g.module_id = m.module_id)
        group by all having m.life_memo_date is null or m.life_memo_date > min(g.event_date) order by 1
        """
    ).fetchall()
    return [
        Finding(
            "life",
            f"{module} is ready from {ready} on, its life memo is {f'of {memo}' if memo else 'missing'}: "
            "until then the policy's life holds (E8)",
            "date the memo by the day of readiness, if it was written by then; else leave it",
            MODULES,
            row,
            "life_memo_date",
            "warning",
        )
        for row, module, ready, memo in late
    ]


def check_changes(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Findings for typed.asset_changes: each says what it changes to, on a memo dated by the day it takes effect."""
    rows = con.execute(
        f"""
        select c.{ROW}, c.change, c.effective_date, c.memo_date,
               case c.change when 'useful_life' then coalesce(c.months < 1, true) or c.amount is not null
                             else coalesce(c.amount <= 0, true) or c.months is not null end as is_wrong,
               c.memo_date > c.effective_date as is_late, m.project_id is not null and m.project_id <> c.project_id
        from typed.asset_changes c left join typed.modules m on m.module_id = c.module_id order by 1
        """
    ).fetchall()
    found: list[Finding] = []
    for row, change, effective, memo, is_wrong, is_late, is_elsewhere in rows:
        column, other = ("months", "amount") if change == "useful_life" else ("amount", "months")
        if is_wrong:
            cure = f"write {column} above 0 and leave {other} empty"
            found.append(Finding("change", f"no {column} that a {change} could have", cure, CHANGES, row, column))
        if is_late:
            message = f"takes effect on {effective}, before its memo of {memo}: an estimate changes forward (E8)"
            found.append(
                Finding("change", message, "write the memo's day or a later one", CHANGES, row, "effective_date")
            )
        if is_elsewhere:
            cure = "write the module's own project"
            found.append(Finding("change", "the module is of another project", cure, CHANGES, row, "project_id"))
    return found
