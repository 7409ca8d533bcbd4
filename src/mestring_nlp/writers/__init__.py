"""From suggestions to files: tables for all interviews, a page for each."""

from mestring_nlp.writers.page import page
from mestring_nlp.writers.table import csv_table, json_lines, rows

__all__ = ["csv_table", "json_lines", "page", "rows"]
