"""The journal of a period as the general ledger's tool imports it: one file per entity, the same bytes each time."""

from pipeline.journal_export.exporting import ExportReport, export_journal
from pipeline.journal_export.formats import FORMATS
from pipeline.journal_export.publishing import write_published

__all__ = ["FORMATS", "ExportReport", "export_journal", "write_published"]
