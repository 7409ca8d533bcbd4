"""Small archives that would fill the memory: each is read or refused in little of it.

These take a second or less. ``python tests/hostile_files.py`` measures all, the slow ones too.
"""

from __future__ import annotations

from pathlib import Path

import hostile_files
import pytest

MEGABYTES = 600
"""What a file of 5 MB may take at most."""


OUTCOMES = {
    "docx_of_too_many_elements_in_an_odd_part": "refused: the XML has more than 1,000,000 elements",
    "docx_of_one_long_word": "2 turns",
    "docx_of_too_much_text": "refused: 5,",
    "docx_of_attributes": "refused: the document holds no text",
    "docx_nested_deeply": "refused: elements of the XML are nested to a depth",
    "docx_of_pictures": "1 turns",
    "docx_of_many_members": "1 turns",
    "docx_of_far_too_many_members": "refused: the archive has 44003 members",
    "docx_of_comments": "refused: a tag of the XML has more than 1,000,000 bytes",
    "odt_of_spaces": "refused: 5,",
    "odt_nested_deeply": "refused: elements of the XML are nested to a depth",
    "xlsx_of_too_many_elements_in_an_odd_part": "refused: the XML has more than 1,000,000 elements",
    "xlsx_of_one_text_many_times": "refused: more than 20,000,000 characters",
    "xlsx_of_many_sheets_of_one_part": "refused: the table is empty",
    "xlsx_of_far_cells": "refused: no row below the headings has words",
    "xlsx_of_merged_cells": "1 turns",
    "qdpx_of_a_note_on_many_codings": "refused: texts, and the notes on codings",
    "qdpx_of_a_description_on_many_codings": "refused: texts, and the notes on codings",
    "qdpx_of_sources_of_one_file": "refused: texts, and the notes on codings",
    "qdpx_of_many_long_sources": "refused: texts, and the notes on codings",
    "qdpx_nested_deeply": "refused: elements of the XML are nested to a depth",
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, float, str]]:
    files = {}
    for name in OUTCOMES:
        files[name] = tmp_path_factory.mktemp("hostile") / f"a.{name.partition('_')[0]}"
        files[name].write_bytes(hostile_files.CASES[name]())
        assert files[name].stat().st_size <= hostile_files.SMALL
    return hostile_files.measured(files)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
@pytest.mark.parametrize("name", OUTCOMES)
def test_small_files_take_little_memory(
    measured: dict[str, tuple[float, float, str]], name: str
) -> None:
    megabytes, _, came_of_it = measured[name]
    assert came_of_it.startswith(OUTCOMES[name])
    assert megabytes < MEGABYTES
