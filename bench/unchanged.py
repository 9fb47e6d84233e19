"""What the cache is worth: processor time of a first run, of one with nothing changed, and of one with one change.

`python bench/unchanged.py --megabytes 2` runs the command itself, as a user does, over documents of bench/corpus.py.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import MEGABYTE, varied

COMMAND = [sys.executable, "-c", "from zhfacts.cli.app import script; script()", "extract"]


def seconds(folder: Path, out: Path, *options: str) -> float:
    """Processor time, start-up and summary included: a busy machine does not change it much."""
    begun = os.times()
    subprocess.run([*COMMAND, folder, "--out", out, *options], check=True, capture_output=True)  # noqa: S603  # our own
    ended = os.times()
    return ended.children_user + ended.children_system - begun.children_user - begun.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with TemporaryDirectory() as place:
        folder, out = Path(place) / "docs", Path(place) / "out"
        folder.mkdir()
        for number, text in enumerate(varied(int(args.megabytes * MEGABYTE), args.seed)):
            (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
        first = seconds(folder, out)
        print(f"{number + 1} documents, {args.megabytes:g} MB")
        print(f"first run              {first:6.2f} s")
        for name, options in (("nothing changed", ()), ("--force", ("--force",))):
            took = seconds(folder, out, *options)
            print(f"{name:22} {took:6.2f} s  {first / took:5.1f} times as fast")
        with (folder / "0000.txt").open("a", encoding="utf-8") as file:
            file.write("\n远岚集团营业收入增长8.7%。\n")
        took = seconds(folder, out)
        print(f"{'one document changed':22} {took:6.2f} s  {first / took:5.1f} times as fast")
        size = sum(path.stat().st_size for path in (out / ".zhfacts-cache").iterdir())
        print(f"cache                  {size / MEGABYTE:6.2f} MB")


if __name__ == "__main__":
    main()
