"""From codes to findings: counts, contrasts, co-occurrence, core categories, saturation, themes.

One room a method; `mestring_nlp.analysis.findings` puts them together. pandas is imported here and nowhere
else, when a table is made.
"""
