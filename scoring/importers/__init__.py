"""Importers of score sheets: of creation rounds, and of re-inspections. Importing this registers them."""

from . import reinspections, sheets

__all__ = ["reinspections", "sheets"]
