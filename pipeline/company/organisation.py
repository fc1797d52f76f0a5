"""Who takes over must be somebody: merged cost centres lead to one that exists, services share on in no circle."""

import duckdb

from ingestion.findings import Finding
from pipeline.company.reading import ROW
from pipeline.company.rows import FOREVER

HOPS = 4  # as `successor_hops` and `step_down_hops` of dbt_project.yml: how far the warehouse follows

_TARGETS = f"""
    select {ROW}, rule_id, service_id, method, valid_from, coalesce(valid_to, {FOREVER}) as valid_to,
           trim(split_part(unnest(string_split(targets, ';')), ':', 1)) as target
    from typed.allocation_rules where targets is not null
"""


def check_step_down(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """A rule may share on to a service that shares on by its own rule: by fixed weights, in no circle, not for ever."""
    wrong = con.execute(
        f"""
        with recursive edges as (
            select * from ({_TARGETS}) where target in (select service_id from typed.services)
        ), walk as (
            select {ROW}, service_id as start, service_id || ' -> ' || target as path, target, valid_from, valid_to,
                   1 as hops
            from edges
            union all
            select w.{ROW}, w.start, w.path || ' -> ' || e.target, e.target, greatest(w.valid_from, e.valid_from),
                   least(w.valid_to, e.valid_to), w.hops + 1
            from walk w join edges e on e.service_id = w.target
             and w.valid_from < e.valid_to and e.valid_from < w.valid_to
            where w.hops <= {HOPS} and w.target is distinct from w.start
        )
        select {ROW}, 'kind' as fault, target from edges where method <> 'fixed'
        union select {ROW}, 'twice', target from edges where target in (select cost_center_id from typed.cost_centers)
        union select {ROW}, 'circle', min(path) from walk where target = start group by {ROW}
        union select {ROW}, 'deep', min(path) from walk
        where hops > {HOPS} and start is distinct from target group by {ROW}
        order by 1, 2, 3
        """
    ).fetchall()
    return [_step_finding(*found) for found in wrong]


def _step_finding(row: int, fault: str, what: str) -> Finding:
    message, cure = {
        "kind": (f"only a rule of method fixed can share on to a service, here {what}", "name cost centres alone"),
        "twice": (f"{what} is a service and a cost centre", "give one of them another id"),
        "circle": (f"services share on in a circle: {what}", "let one of them share on to cost centres alone"),
        "deep": (f"services share on more than {HOPS} times: {what}", "name the cost centres earlier"),
    }[fault]
    return Finding("step-down", message, cure, "allocation_rules.csv", row, "targets")


def check_successors(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """A cost centre with a successor has ended, and the successor (or who took that one over) exists on that day."""
    wrong = con.execute(
        f"""
        with recursive walk as (
            select {ROW}, cost_center_id, successor_id as at_id, valid_to as day, 1 as hops
            from typed.cost_centers where successor_id is not null
            union all
            select w.{ROW}, w.cost_center_id, c.successor_id, w.day, w.hops + 1
            from walk w join typed.cost_centers c on c.cost_center_id = w.at_id and c.valid_to <= w.day
            where w.hops < {HOPS} and c.successor_id is not null
        )
        select {ROW}, cost_center_id, min(day), bool_or(exists (
                select * from typed.cost_centers c where c.cost_center_id = walk.at_id
                 and c.valid_from <= walk.day and walk.day < coalesce(c.valid_to, {FOREVER}))) as leads
        from walk group by all having min(day) is null or not leads order by {ROW}
        """
    ).fetchall()
    return [_successor_finding(*found) for found in wrong]


def _successor_finding(row: int, centre: str, day: object, _: bool) -> Finding:
    if day is None:
        message, cure = f"{centre} has a successor but no end", "write the day of the merger as valid_to"
        return Finding("successor", message, cure, "cost_centers.csv", row, "valid_to")
    message = f"the successor of {centre} leads to no cost centre on {day}"
    cure = "name a cost centre that holds from that day on"
    return Finding("successor", message, cure, "cost_centers.csv", row, "successor_id")


def check_closed_centers(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Nobody belongs to a cost centre that has ended without a successor."""
    ends = f"""
        select cost_center_id, max(coalesce(valid_to, {FOREVER})) as ended from typed.cost_centers
        group by cost_center_id having ended < {FOREVER} and arg_max(successor_id is null, valid_from)
    """
    people = f"""
        select 'cost_center_assignments.csv', a.{ROW}, a.cost_center_id, ended
        from typed.cost_center_assignments a join ({ends}) using (cost_center_id)
        join typed.employees e using (employee_id)
        where least(coalesce(a.valid_to, {FOREVER}), coalesce(e.valid_to, {FOREVER})) > ended
    """
    work = [
        f"""
        select '{name}.csv', x.{ROW}, x.cost_center_id, ended from typed.{name} x join ({ends}) using (cost_center_id)
        where coalesce(x.valid_to, {FOREVER}) > ended
        """
        for name in ("services", "projects")
    ]
    found = con.execute(f"{' union '.join([people, *work])} order by 1, 2").fetchall()
    cure = "name another cost centre from that day on, or its successor_id in cost_centers.csv"
    return [
        Finding("closed-center", f"{centre} ended on {ended}", cure, file, row, "cost_center_id")
        for file, row, centre, ended in found
    ]
