"""The cost statement finance opens: one HTML page per month, and the same figures in the terminal.

Everything is read from schema `finance` of a DuckDB file; nothing here computes a cost, it only adds up and shows.
"""

from pipeline.statement.page import write_statements
from pipeline.statement.queries import StatementError
from pipeline.statement.terminal import print_statement

__all__ = ["StatementError", "print_statement", "write_statements"]
