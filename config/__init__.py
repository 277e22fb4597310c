"""Wiring: settings, urls, celery, servers, health. Imports every app; no app imports it.

Kept empty of imports: `manage.py` loads `config.bootstrap` before any package is installed.
"""
