"""Write coded interviews: tables, a workbook and an index for all, a page or document for each."""

from mestring_nlp.writers.codings import assistant_codings_table, codings_table
from mestring_nlp.writers.index import ListedInterview, index_page, listed
from mestring_nlp.writers.page import page
from mestring_nlp.writers.table import csv_table, json_lines, rows
from mestring_nlp.writers.word import word_document
from mestring_nlp.writers.workbook import workbook

__all__ = [
    "ListedInterview",
    "assistant_codings_table",
    "codings_table",
    "csv_table",
    "index_page",
    "json_lines",
    "listed",
    "page",
    "rows",
    "word_document",
    "workbook",
]
