"""Importers of what is agreed: nominations, rounds, special subsidies. Importing this registers them."""

from . import nominations, rounds, subsidies

__all__ = ["nominations", "rounds", "subsidies"]
