"""News that goes up: rooms above scoring learn that an outcome was published."""

from django.dispatch import Signal

#: Sent after commit with ``computation``.
outcome_published = Signal()
