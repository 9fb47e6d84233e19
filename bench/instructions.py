"""Instructions of the hot stages, counted by valgrind: the same on a busy machine, so that regressions show.

`make instructions` prints, for each stage, instructions for a character, over a text of our own sample documents.
What start-up and loading cost is taken off: each stage runs once and three times, and the difference counts.
Python's hash seed is fixed; the counts of two runs differ by less than one in a hundred.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from readme import HERE, machine, publish

STAGE = """
import sys
from pathlib import Path
from zhfacts import flow
from zhfacts.layout.blocks import lay_out
from zhfacts.numbers.scan import find
from zhfacts.read import from_text

text = "\\n\\n".join(path.read_text("utf-8") for path in sorted(Path(sys.argv[2]).glob("*.txt")))[:CHARACTERS]
document, blocks = lay_out(from_text(text))
flow.extract(from_text("2023年，远岚集团营业收入增长8.7%。"), flow.Settings())
stages = {
    "read": lambda: from_text(text),
    "layout": lambda: lay_out(from_text(text)),
    "numbers": lambda: [find(block.text) for block in blocks],
    "whole": lambda: flow.extract(from_text(text), flow.Settings()),
}
for _ in range(int(sys.argv[3])):
    stages[sys.argv[1]]()
"""
COUNT = re.compile(r"Collected : (\d+)|refs:\s+([\d,]+)")


def counted(stage: str, times: int, characters: int) -> int:
    """Instructions of a process that runs a stage so many times."""
    with TemporaryDirectory() as folder:
        script = STAGE.replace("CHARACTERS", str(characters))
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", sys.executable, "-c", script]
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONMALLOC": "malloc", "OPENBLAS_NUM_THREADS": "1"}
        command += [stage, str(HERE.parent / "seeds"), str(times)]
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stderr  # noqa: S603  # our own command
    found = COUNT.search(said)
    if found is None:
        sys.exit(f"valgrind told no count: {said[-500:]}")
    return int((found[1] or found[2]).replace(",", ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=1500)
    parser.add_argument("--stages", nargs="+", default=["layout", "numbers", "whole"])
    parser.add_argument("--no-readme", action="store_true", help="print only")
    args = parser.parse_args()
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is not installed (apt install valgrind); nothing was counted")
    size = min(args.characters, sum(len(p.read_text("utf-8")) for p in Path(HERE.parent, "seeds").glob("*.txt")))
    rows = ["| Stage | Instructions for a character |", "|---|--:|"]
    for stage in args.stages:
        once, thrice = (counted(stage, times, args.characters) for times in (1, 3))
        rows.append(f"| {stage} | {(thrice - once) / 2 / size:,.0f} |")
        print(rows[-1], flush=True)
    if not args.no_readme:
        text = f"Made by `make instructions` on {machine('any')}; {size:,} characters of `seeds/`.\n\n"
        publish("instructions", text + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
