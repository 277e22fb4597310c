"""``python -m benchmarks [--entries 60000] [--more 600000]``: every ratio of the README, printed."""

import argparse
import os
import subprocess
import sys
import tempfile

from tests.services import Postgres

from .numbers import engine_ratio
from .stars import stars_ratio
from .timing import peak_megabytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=60_000)
    parser.add_argument("--more", type=int, default=600_000, help="0 leaves the large engine run out")
    given = parser.parse_args()
    for ratio in (engine_ratio, stars_ratio):
        print(ratio(given.entries).line(), flush=True)
        if given.more:
            print(ratio(given.more, rounds=2).line(), flush=True)
    print(f"engine: peak memory {peak_megabytes():.0f} MB", flush=True)
    server = Postgres().launch()
    try:
        run_database(given.entries, server.dsn())
    finally:
        server.stop()
    run_database(given.entries, None)


def run_database(entries: int, url: str | None) -> None:
    """One process per database, as settings are read once."""
    with tempfile.TemporaryDirectory(prefix="biaogan-bench-") as var:
        settings = {"BIAOGAN_ENV": "demo", "BIAOGAN_VAR": var} | ({"DATABASE_URL": url} if url else {})
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BIAOGAN_ENV")}
        with open(f"{var}/log", "w+") as log:
            command = [sys.executable, "-m", "benchmarks.database", str(entries)]
            if subprocess.run(command, env=kept | settings, stderr=log).returncode:
                log.seek(0)
                sys.exit(log.read())


if __name__ == "__main__":
    main()
