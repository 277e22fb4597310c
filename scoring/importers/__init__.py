"""Importers of score sheets (of creation rounds, of re-inspections), facts and events. Importing this registers
them.
"""

from . import events, facts, reinspections, sheets

__all__ = ["events", "facts", "reinspections", "sheets"]
