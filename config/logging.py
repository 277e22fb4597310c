"""How log lines look: JSON, one object a line, or key=value for a terminal; the same for our lines and the libraries'.

Every line carries what is bound to the context (request_id, task). No personal data and no marks are logged; callers
log ids. Leaves alone: where the lines go (standard error; the supervisor or the container keeps them).
"""

import sys

import structlog

SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def logging_settings(*, chosen: str, level: str) -> dict:
    """Django's LOGGING. `chosen` is json or console; empty means console on a terminal, JSON elsewhere."""
    _configure_structlog()
    console = chosen == "console" or (not chosen and sys.stderr.isatty())
    last = (
        structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], sort_keys=False)
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _formatter(last)},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # the access line says it already; the exceptions of 500 come from django.request at ERROR
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            "kombu": {"level": "ERROR"},
            "celery": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
        },
    }


def _formatter(last) -> dict:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    }


def _configure_structlog() -> None:
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
