"""From suggestions to files: tables for all interviews, a page for each."""

from mestring_nlp.writers.codings import codings_table
from mestring_nlp.writers.page import page
from mestring_nlp.writers.table import csv_table, json_lines, rows

__all__ = ["codings_table", "csv_table", "json_lines", "page", "rows"]
