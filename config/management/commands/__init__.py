"""See each module."""
