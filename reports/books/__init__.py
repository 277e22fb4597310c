"""Workbooks that people carry away: what a sheet holds (``layout``), how it is drawn (``writer``), and each book.

Books show decided figures; they decide nothing. Formulas stand only where people check a sum, beside its value.
"""
