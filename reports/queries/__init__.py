"""Reads of the reports app: what pages and books show, as querysets or small dataclasses. Nothing here writes."""
