"""Whole runs, files to tables: one worker and two in turns, beside what two independent Python loops reach here.

`make bench` runs it. Each round: `zhfacts.run` with one job and with two; one process that calls `zhfacts.extract`
on all documents, and two that share them (no tables, nothing in common: what the machine itself gives). Medians.
Beside the speed stands what the speed is worth: facts a second, and the scores of the sample documents.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from corpus import MEGABYTE, varied
from readme import HERE, machine, publish

import zhfacts

ROOT = HERE.parent
LOOP = """
import sys, time
from pathlib import Path
import zhfacts

texts = [Path(path).read_text(encoding="utf-8") for path in sys.stdin.readline().split()]
zhfacts.extract("2023年，远岚集团营业收入增长8.7%。")
print("ready", flush=True)
sys.stdin.readline()
for text in texts:
    zhfacts.extract(text)
print("done", flush=True)
"""


def loops(files: list[Path], count: int) -> float:
    """Seconds of so many processes that share the documents, from when all are ready until all are done."""
    started = []
    for number in range(count):
        command = [sys.executable, "-c", LOOP]  # our own words
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command
        process.stdin.write(" ".join(map(str, files[number::count])) + "\n")
        process.stdin.flush()
        started.append(process)
    for process in started:
        process.stdout.readline()
    begin = time.perf_counter()
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in started:
        process.stdout.readline()
    spent = time.perf_counter() - begin
    for process in started:
        process.communicate()
    return spent


def run(folder: Path, out: Path, jobs: int) -> float:
    begin = time.perf_counter()
    zhfacts.run([folder], out, jobs=jobs, force=True)
    return time.perf_counter() - begin


def scores() -> dict[str, float]:
    """What the sample documents' facts are worth, as `zhfacts score` has it."""
    with TemporaryDirectory() as place:
        zhfacts.run([ROOT / "seeds"], place)
        script = "from zhfacts.cli.app import script; script()"
        command = [sys.executable, "-c", script, "score", place, "--gold", str(ROOT / "tests/gold"), "--format", "json"]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603  # our own
    core = json.loads(said)["core"]
    return {name: core[name]["share"] for name in ("F1", "value", "subject", "attribute", "time")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-readme", action="store_true", help="print only")
    args = parser.parse_args()
    ways = {"one job": [], "two jobs": [], "one loop": [], "two loops": []}
    with TemporaryDirectory() as place:
        folder, out = Path(place, "in"), Path(place, "out")
        folder.mkdir()
        characters = 0
        for number, text in enumerate(varied(int(args.megabytes * MEGABYTE), args.seed)):
            (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")
            characters += len(text)
        files = sorted(folder.iterdir())
        zhfacts.extract("2023年，远岚集团营业收入增长8.7%。")
        for turn in range(args.rounds):
            ways["one job"].append(run(folder, out, 1))
            ways["two jobs"].append(run(folder, out, 2))
            ways["one loop"].append(loops(files, 1))
            ways["two loops"].append(loops(files, 2))
            last = ", ".join(f"{name} {spent[-1]:.1f} s" for name, spent in ways.items())
            print(f"round {turn + 1} of {args.rounds}: {last}", flush=True)
        facts = zhfacts.load(out).info["tables"]["facts"]["count"]
    text = section(args, characters, facts, ways)
    print(text)
    if not args.no_readme:
        publish("whole", text)


def section(args: argparse.Namespace, characters: int, facts: int, ways: dict[str, list[float]]) -> str:
    peaks = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    names = {
        "one job": "files to tables, `jobs=1`",
        "two jobs": "files to tables, `jobs=2`, start of the workers included",
        "one loop": "one loop over `zhfacts.extract`, no tables",
        "two loops": "two independent loops over half each",
    }
    rows = []
    for way, spent in ways.items():
        took = median(spent)
        base = median(ways["one job" if "job" in way else "one loop"])
        range_ = f"{min(spent):.1f}–{max(spent):.1f}"
        cells = f"{took:.1f} | {range_} | {characters / took:,.0f} | {facts / took:,.0f} | {base / took:.2f}"
        rows.append(f"| {names[way]} | {cells} |")
    worth = ", ".join(f"{name} {share:.3f}" for name, share in scores().items())
    table = "\n".join(rows)
    return f"""\
Made by `make bench` on {machine("two used")}.
Text: {args.megabytes:g} MB of UTF-8 by bench/corpus.py, seed {args.seed}, {characters:,} characters, {facts:,} facts; \
{args.rounds} rounds in turns, medians.

| What | Seconds | Fastest–slowest | Characters/s | Facts/s | Times one |
|---|--:|--:|--:|--:|--:|
{table}

Peak memory: {next(peaks):,.0f} MB of the main process (corpus and earlier rounds included), {next(peaks):,.0f} MB of \
the largest worker. Core scores of the sample documents (`seeds/` against `tests/gold/`) with this code: {worth}.
"""


if __name__ == "__main__":
    main()
