"""The company files checked as a whole: every problem at once, each with file, row, column and cure."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.findings import Finding
from pipeline.company.assets import check_changes, check_modules
from pipeline.company.cells import check_cells
from pipeline.company.company_settings import CompanySettings, read_settings
from pipeline.company.declared import contract
from pipeline.company.organisation import check_closed_centers, check_step_down, check_successors
from pipeline.company.overrides import check_overrides
from pipeline.company.people import check_owners, check_shares
from pipeline.company.policies import Policy, read_policies
from pipeline.company.reading import ROW, read_table
from pipeline.company.rows import check_rows
from pipeline.content import folder_hash
from pipeline.plan import COMPANY_FILES
from pipeline.settings import BooksError

SECRET = "pseudonym.key"  # noqa: S105  the name of the file, not what is in it
BESIDE = {"tokenbooks.yml", SECRET}


@dataclass(frozen=True)
class CompanyInputs:
    """The company as checked: content hash of its files, a typed Arrow table per CSV, policies, settings, warnings.

    `secret` makes pseudonyms of employee ids; it is None when the company has no people yet.
    """

    hash: str
    tables: dict[str, pa.Table]
    policies: tuple[Policy, ...]
    settings: CompanySettings
    warnings: tuple[Finding, ...]
    secret: bytes | None


class CompanyRefused(BooksError):
    """The company files cannot be used; `findings` say why and what cures it."""

    def __init__(self, findings: tuple[Finding, ...]):
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


def check_company(folder: Path, secret_in: Path | None = None) -> CompanyInputs:
    """Read and check the company files in `folder`; a file that is not there is an empty table.

    The secret of the pseudonyms is looked for in `secret_in` when the folder is a snapshot, which has none.
    Raises CompanyRefused with every critical finding, in the order of the files.
    """
    with duckdb.connect(config={"threads": 1}) as con:  # hundreds of tiny queries
        findings = _check_tables(con, folder)
        entities = {row[0] for row in con.execute("select entity_id from typed.entities").fetchall()}
        centers: dict[str, set[str]] = {}
        for center, entity in con.execute("select cost_center_id, entity_id from typed.cost_centers").fetchall():
            centers.setdefault(center, set()).add(entity)
        settings, of_settings = read_settings(folder, entities, centers)
        policies, of_policies = read_policies(folder / "policies", entities)
        tables = {
            name: con.execute(f"select * exclude ({ROW}) from typed.{name} order by {ROW}").to_arrow_table()
            for name in contract()
        }
    secret, of_secret = _secret(secret_in or folder, tables["employees"].num_rows)
    findings += [*of_settings, *of_policies, *of_secret, *_unknown_files(folder)]
    critical = tuple(finding for finding in findings if finding.severity == "critical")
    if critical:
        raise CompanyRefused(critical)
    warnings = tuple(finding for finding in findings if finding.severity != "critical")
    return CompanyInputs(folder_hash(folder, COMPANY_FILES), tables, tuple(policies), settings, warnings, secret)


def _check_tables(con: duckdb.DuckDBPyConnection, folder: Path) -> list[Finding]:
    for schema in ("raw", "text", "typed"):
        con.execute(f"create schema {schema}")
    findings = {name: read_table(con, folder, name, table) for name, table in contract().items()}
    for name, table in contract().items():
        if not con.execute(f"select count(*) from typed.{name}").fetchall()[0][0]:
            continue
        lost = {finding.column for finding in findings[name] if finding.rule == "missing-column"}
        cells = check_cells(con, name, table)
        findings[name] += [finding for finding in cells if finding.column not in lost]
        findings[name] += check_rows(con, name, table)
    findings["cost_center_assignments"] += check_shares(con)
    findings["credentials"] += check_owners(con)
    findings["allocation_rules"] += check_step_down(con)
    findings["cost_centers"] += check_successors(con) + check_closed_centers(con)
    findings["modules"] += check_modules(con)
    findings["asset_changes"] += check_changes(con)
    findings["manual_overrides"] += check_overrides(con)
    return [finding for found in findings.values() for finding in found]


def _secret(folder: Path, people: int) -> tuple[bytes | None, list[Finding]]:
    path = folder / SECRET
    content = path.read_bytes().strip() if path.exists() else b""
    if content and len(content) < 16:
        cure = "keep at least 16 characters in it; another secret gives every person another pseudonym"
        return None, [Finding("secret", "the secret is too short to hide anybody", cure, SECRET)]
    if people and not content:
        cure = "put it back from your backup, or make one with `tokenbooks init`, which starts new pseudonyms"
        return None, [
            Finding("secret", "there are employees, but no secret to make their pseudonyms with", cure, SECRET)
        ]
    return content or None, []


def _unknown_files(folder: Path) -> list[Finding]:
    known = {f"{name}.csv" for name in contract()} | BESIDE
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    cure = "nothing reads it: remove it, or correct its name"
    return [
        Finding("unknown-file", "the file is not known", cure, name, severity="warning")
        for name in names
        if name not in known
    ]
