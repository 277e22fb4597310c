"""The command line of the engine: check, describe, compute, explain, replay.

Exit codes: 0 done, 1 problems found (all on standard error, nothing written), 2 wrong usage.
"""

import os
import sys
from collections.abc import Sequence

from ..problems import ProblemsFound
from .commands import COMMANDS
from .parser import build_parser
from .printing import print_error, print_problems

OK, PROBLEMS, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; bad input never ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        options = build_parser().parse_args(arguments)
        return COMMANDS[options.command](options)
    except ProblemsFound as found:
        print_problems(found.problems)
        return PROBLEMS
    except BrokenPipeError:
        # The reader (head, less) has seen enough; what is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except MemoryError:
        print_error("文件太大，内存不够。请分成几个文件。")
        return PROBLEMS
    except KeyboardInterrupt:
        print_error("已停止，没有写出结果。")
        return INTERRUPTED
