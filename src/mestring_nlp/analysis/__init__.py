"""From codes to findings: counts, contrasts, co-occurrence, core categories, saturation, themes.

One room a method; `mestring_nlp.analysis.findings` puts them together. pandas is imported when a table
is made, and not before.
"""
