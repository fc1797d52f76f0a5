"""The sources, found by listing a folder: each is a source.yml, checked strictly, and one SELECT.

Adding a source is adding a folder under `sources/`; nothing else names it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from ingestion.declared import Buckets, Check, Column, GateRule, Identity, Name, Paging, Statement, Strict
from ingestion.documents import read_yaml

SOURCES = Path(__file__).parent / "sources"
MACROS = Path(__file__).parent / "macros"

UNNUMBERED = ("json_pages", "json_lines", "nested")  # formats whose records are numbered while they are read
AMERICAN = ("%m/%d/%y", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M")  # how spreadsheets there write dates
Dataset = Literal["charges", "usage", "identities", "invoices"]


class SourceError(Exception):
    """A source's folder is wrong; the message names the file and what to change."""


class Source(Strict):
    """One provider export: what it is, how one gets it, its columns, and the SELECT that makes lake rows of it.

    `format`: `tabular` is CSV or Parquet, `nested` is Parquet or JSON lines, by content. Fields of objects are columns
    of dotted names.
    `row_per_record`: the SELECT gives each record as one row, in order, so a row's place is its number. Large files
    are typed on all cores then, where numbering records while reading them takes one.
    `not_loaded`: patterns of names, such as `reservation_*`, of columns that are known and nothing is made of.
    `macros`: files of ingestion/macros that its SELECT draws on, where several sources speak one provider's language.
    `only`: SQL over the texts of a file's lines that tells which of them are records; the others are none.
    `carried`: what lines, also those that are no records, say of all below them in their file until one says otherwise:
    names, and SQL over the line's texts. `person`: what the first group of this pattern finds in a file's name is
    `_person` of its records.
    `window`: what days an export states: its buckets', its billing periods', those from its first row's to its last
    row's (`days`), or none, since it lists what there is (`snapshot`).
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    provider: str
    how: str
    format: Literal["json_pages", "json_lines", "csv", "parquet", "tabular", "nested"]
    records: str | None = None
    paging: Paging = Paging()
    only: str | None = None
    carried: Mapping[str, str] = Field(default_factory=dict)
    identity: Identity | None = None
    person: str | None = None
    focus_columns: bool = False
    row_per_record: bool = False
    columns: dict[str, Column]
    not_loaded: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    money_unit: Literal["cents", "dollars", "currency"] | None = None
    dataset: Dataset
    window: Literal["buckets", "billing_period", "days", "snapshot"]
    buckets: Buckets | None = None
    name: Name | None = None
    states: Statement | None = None
    finality: str
    attributed_by: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    gate: tuple[GateRule, ...] = ()
    sql: str
    definition: str
    folder: Path

    @property
    def drivers(self) -> tuple[str, ...]:
        """The usage sources that attribute this source's charges."""
        return self.attributed_by

    @property
    def logged(self) -> bool:
        """Whether lines have to be seen together to tell the records among them."""
        return bool(self.carried or self.identity)

    @property
    def window_by(self) -> Literal["charge", "billing"]:
        """Which date of a row decides the load that states it."""
        return "billing" if self.window == "billing_period" else "charge"

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        cents = any(column.type == "cents" for column in self.columns.values())
        if cents != (self.money_unit == "cents"):
            raise ValueError("money_unit is cents exactly when a column has the type cents")
        if any(column.gathered and column.type != "json" for column in self.columns.values()):
            raise ValueError("columns that are gathered make a column of type json")
        if (self.format == "json_pages") != (self.records is not None):
            raise ValueError("records is the path to the records of JSON pages, and of nothing else")
        if (self.window == "buckets") != (self.buckets is not None):
            raise ValueError("buckets names the columns that bound a bucket, when window is buckets")
        if (self.window == "snapshot") != (self.dataset == "identities"):
            raise ValueError("a snapshot is of identities, and identities come as a snapshot")
        if self.name and self.window != "days" and (not self.buckets or self.format == "json_pages"):
            raise ValueError("a name tells the days of an export whose window is days, or of a table of buckets")
        if self.buckets and self.buckets.unbroken and self.format != "json_pages":
            raise ValueError("unbroken is for the buckets of pages")
        if self.only and self.format == "json_pages":
            raise ValueError("only tells the records among the lines of a file")
        if (self.logged and self.format != "json_lines") or (self.person and not self.logged):
            raise ValueError("carried, identity and person are of logs in JSON lines")
        if self.identity and (self.states or self.name or (self.dataset, self.window) != ("usage", "days")):
            raise ValueError("an identity is of usage, on the days of its rows, that no other export states")
        if self.row_per_record and (
            self.checks or self.only or self.buckets or self.format in ("json_pages", "json_lines")
        ):
            raise ValueError("row_per_record is for tables whose records are held to no checks")
        return self


def sources(root: Path | None = None) -> dict[str, Source]:
    """Every source under `root` (the product's own when None), by id. Raises SourceError naming the file."""
    return dict(_own()) if root is None else _found(root)


@cache
def _own() -> dict[str, Source]:
    return _found(SOURCES)  # once a process: they are part of the program


def _found(root: Path) -> dict[str, Source]:
    folders = sorted(path.parent for path in root.glob("*/source.yml"))
    found = {folder.name: read_source(folder) for folder in folders}
    for source in found.values():
        for driver in source.attributed_by:
            if driver not in found or found[driver].dataset != "usage":
                raise SourceError(f"{source.folder / 'source.yml'}: attributed_by names no usage source: {driver}")
    return found


def read_source(folder: Path) -> Source:
    """The source in one folder. `definition` is the hash of what decides its rows, macros included."""
    path = folder / "source.yml"
    declared: Any = read_yaml(path.read_text())
    if not isinstance(declared, dict):
        raise SourceError(f"{path}: must be a mapping of keys, see ingestion/registry.py")
    query = folder / f"{declared.get('dataset')}.sql"
    if not query.is_file():
        raise SourceError(f"{query}: is missing; it is the SELECT that makes {declared.get('dataset')} of the export")
    deciding = [path, query, *_macro_files(path, declared.get("macros") or ())]
    definition = hashlib.sha256(b"\0".join(file.read_bytes() for file in deciding)).hexdigest()
    if declared.get("focus_columns"):
        declared["columns"] = focus_columns(declared["dataset"]) | (declared.get("columns") or {})
    derived = {"id": folder.name, "folder": folder, "sql": query.read_text(), "definition": definition}
    try:
        return Source.model_validate(declared | derived)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'source'}: {e['msg']}" for e in error.errors())
        raise SourceError(f"{path}: {faults}") from None


def _macro_files(path: Path, names: Sequence[str]) -> list[Path]:
    files = [MACROS / f"{name}.sql" for name in names]
    for file in files:
        if not file.is_file():
            raise SourceError(f"{path}: there are no macros {file.stem} in ingestion/macros")
    return files


def focus_columns(dataset: str) -> dict[str, dict[str, Any]]:
    """The columns of a dataset as an export in FOCUS delivers them: our vocabulary without our `x_` columns.

    Amounts and dates may have been through a spreadsheet in the United States, as those of some providers have.
    """
    import pyarrow as pa

    from ingestion import focus

    def column_of(arrow: pa.DataType) -> dict[str, Any]:
        if pa.types.is_decimal(arrow):
            return {"type": "decimal", "grouped": True}
        return {"type": "timestamp", "formats": AMERICAN} if pa.types.is_timestamp(arrow) else {"type": "text"}

    fields = focus.DATASETS[dataset]
    return {field.name: column_of(field.type) for field in fields if not field.name.startswith("x_")}
