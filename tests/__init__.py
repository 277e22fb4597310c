"""The suite; it mirrors the folders of the source."""
