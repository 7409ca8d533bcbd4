"""A language model on the researcher's own machine as one more coder: asked, measured, weighed.

`client` asks it, `prompt` says what, `answers` reads and keeps what it answers, `weighing` learns what
that is worth; `second` lays it beside a trained model.
"""
