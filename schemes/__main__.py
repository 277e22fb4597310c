"""``python -m schemes``: the engine without the site."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
