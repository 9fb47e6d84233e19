"""How time and memory grow with the text: runs over 1 MB and more, each in a process of its own, one job.

`make bench` takes 1 to 16 MB; `python bench/growth.py --sizes 1 10 50 100 200` is the whole curve. Small documents
(a hundred kilobytes or so) and, with `--single`, one large one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus import MEGABYTE, varied
from readme import machine, publish

RUN = """
import json, resource, sys, time
import zhfacts

zhfacts.extract("2023年，远岚集团营业收入增长8.7%。")
zhfacts.run(sys.argv[3:4], sys.argv[2] + "-warm")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
wall, cpu = time.perf_counter(), time.process_time()
run = zhfacts.run(sys.argv[1:2], sys.argv[2], jobs=int(sys.argv[4]))
spent = time.perf_counter() - wall, time.process_time() - cpu
peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps([*spent, before, peak, run.info["tables"]["facts"]["count"]]))
"""
SEEDS = Path(__file__).resolve().parents[1] / "seeds"


def measured(megabytes: float, seed: int, jobs: int, *, single: bool) -> tuple[float, float, float, float, int]:
    """Seconds of wall clock and of processor, MB before and at the peak, facts."""
    with TemporaryDirectory() as place:
        folder = Path(place, "in")
        folder.mkdir()
        texts = varied(int(megabytes * MEGABYTE), seed)
        if single:
            with (folder / "all.txt").open("w", encoding="utf-8") as file:
                file.writelines(f"{text}\n\n" for text in texts)
        else:
            for number, text in enumerate(texts):
                (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
        command = [sys.executable, "-c", RUN, str(folder), str(Path(place, "out")), str(SEEDS), str(jobs)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603  # our own words
    wall, cpu, before, peak, facts = json.loads(said.splitlines()[-1])
    return wall, cpu, before / 1024, peak / 1024, facts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=float, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--single", action="store_true", help="all text in one document")
    parser.add_argument("--no-readme", action="store_true", help="print only")
    args = parser.parse_args()
    rows = ["| MB | Seconds | of CPU time | CPU seconds for a MB | Facts | Peak MB | of these by the run |"]
    rows += ["|--:|--:|--:|--:|--:|--:|--:|"]
    for size in args.sizes:
        wall, cpu, before, peak, facts = measured(size, args.seed, args.jobs, single=args.single)
        each = f"{cpu / size:.2f}" if args.jobs == 1 else "–"
        row = f"| {size:g} | {wall:.1f} | {cpu:.1f} | {each} | {facts:,} | {peak:,.0f} | {peak - before:,.0f} |"
        rows.append(row)
        print(row, flush=True)
    kind = "one document" if args.single else "documents of bench/corpus.py"
    about = (
        f"Made by `bench/growth.py` on {machine(f'{args.jobs} used')}.\nAll text in {kind}; start-up and the loading "
    )
    text = f"{about}of rules and models are outside of the clock.\n\n" + "\n".join(rows) + "\n"
    if not args.no_readme:
        publish("growth-single" if args.single else "growth", text)


if __name__ == "__main__":
    main()
