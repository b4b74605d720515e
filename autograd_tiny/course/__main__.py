"""For teachers: `python -m autograd_tiny.course exercises FILE [--answers]`, and `… pictures FOLDER`."""
from __future__ import annotations

import argparse

from .handout import handout


def main(arguments: list[str] | None = None) -> None:
    """Write all exercises, or the pictures of the course."""
    parser = argparse.ArgumentParser("python -m autograd_tiny.course", description="Write files for a class.")
    commands = parser.add_subparsers(dest="command", required=True)
    exercises = commands.add_parser("exercises", help="all exercises, in one Markdown file")
    exercises.add_argument("path", metavar="FILE")
    exercises.add_argument("--answers", action="store_true", help="with the hints and the solutions")
    pictures = commands.add_parser("pictures", help="the pictures and pages of the chapters, to project")
    pictures.add_argument("path", metavar="FOLDER")
    given = parser.parse_args(arguments)
    try:
        if given.command == "exercises":
            handout(given.path, answers=given.answers)
        else:
            from .pictures import write_pictures        # which loads NumPy

            for path in write_pictures(given.path):
                print(path)
    except OSError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
