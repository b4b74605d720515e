"""`python -m autograd_tiny.course FILE`: the exercises of all chapters in one file; with --answers, for a teacher."""
from __future__ import annotations

import argparse

from .handout import handout


def main(arguments: list[str] | None = None) -> None:
    """Write the exercises to a file."""
    parser = argparse.ArgumentParser("python -m autograd_tiny.course", description="Write the exercises to a file.")
    parser.add_argument("path", help="the Markdown file to write")
    parser.add_argument("--answers", action="store_true", help="write the hints and the solutions, too")
    given = parser.parse_args(arguments)
    try:
        handout(given.path, answers=given.answers)
    except OSError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
