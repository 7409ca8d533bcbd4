"""Write coded interviews: tables and a workbook for all of them, a page or document for each."""

from mestring_nlp.writers.codings import codings_table
from mestring_nlp.writers.page import page
from mestring_nlp.writers.table import csv_table, json_lines, rows
from mestring_nlp.writers.word import word_document
from mestring_nlp.writers.workbook import workbook

__all__ = [
    "codings_table",
    "csv_table",
    "json_lines",
    "page",
    "rows",
    "word_document",
    "workbook",
]
