"""Ask the web server of this container whether it is ready: `python -m config.probe`, exit code 0 or 1.

Standard library only, and quick to start: a container's health check runs it every few seconds.
"""

import os
import sys
import urllib.request

ADDRESS = "http://127.0.0.1:8000/readyz"


def ready(address: str = ADDRESS) -> bool:
    """The Host header is the first allowed one: Django refuses every other, also from itself."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "127.0.0.1"
    request = urllib.request.Request(address, headers={"Host": host.lstrip(".")})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if ready() else 1)
