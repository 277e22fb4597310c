"""Django's PostgreSQL backend that tells the database whose data a statement is about.

``base`` is the backend (ENGINE ``config.postgresql``), ``cursor`` names the tenant, ``catalog`` asks the database
whether the second wall stands. Policies, triggers and keys are made by migrations (``accounts.migrations._walls``).
"""
