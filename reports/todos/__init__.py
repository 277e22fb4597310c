"""What waits for whom, in words: one module per kind of person. Computed from how things stand, never stored."""

from .county import county_todos
from .people import inspector_todos, todos_for, township_todos
from .words import Todo, due_light, summary

__all__ = ["Todo", "county_todos", "due_light", "inspector_todos", "summary", "todos_for", "township_todos"]
