#!/usr/bin/env python3
"""The one door to the project; needs nothing but Python 3.11 with venv.

    python3 manage.py up      install what is missing, then run the product with its demonstration data
    python3 manage.py test    install what is missing, then run every check

Every other command is Django's and runs inside `.venv`. The work is in `config/bootstrap.py`; this file only
makes sure that an old Python gets a sentence instead of a syntax error.
"""

import os
import sys

TOO_OLD = (
    "需要 Python 3.11 或更高版本，当前是 {0}.{1}。请安装后用它重新运行，例如：python3.11 manage.py up\n"
    "Python 3.11 or newer is needed; this is {0}.{1}. Install one and run, for example: python3.11 manage.py up"
)


def main():
    if sys.version_info < (3, 11):
        sys.exit(TOO_OLD.format(*sys.version_info[:2]))
    from config import bootstrap

    bootstrap.enter(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
