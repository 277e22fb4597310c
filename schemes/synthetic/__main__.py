"""``python -m schemes.synthetic [county…]``: write the synthetic inputs of the named counties, or of all."""

import sys

from . import COUNTIES, write


def main(names: list[str]) -> int:
    """Write and name every file; 2 for a county without synthetic inputs."""
    if unknown := [name for name in names if name not in COUNTIES]:
        sys.stderr.write(f"没有“{'、'.join(unknown)}”的合成数据，可用：{'、'.join(COUNTIES)}。\n")
        return 2
    for county in names or COUNTIES:
        for path in write(county):
            sys.stdout.write(f"{county}/{path.parent.parent.name}/{path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
