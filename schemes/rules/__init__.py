"""Rule kinds, one module each, in slots. A slot's package lists its kinds and builds the union read from documents."""
