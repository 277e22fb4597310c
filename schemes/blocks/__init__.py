"""The blocks of a scheme document as typed parts. A block says what may be written; evaluation is elsewhere."""
