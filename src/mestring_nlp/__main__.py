"""``python -m mestring_nlp`` is ``mestring``."""

from mestring_nlp.cli import main

main()
