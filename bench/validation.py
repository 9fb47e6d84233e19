"""What validation costs within a run: processor seconds spent in each check, on text of bench/corpus.py.

`python bench/validation.py --megabytes 3 --files 60` prints a table.
`--documents N --jobs J` measures peak memory instead.
"""

from __future__ import annotations

import argparse
import functools
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corpus

import zhfacts
from zhfacts import flow
from zhfacts.tables import parts, write
from zhfacts.tables.validate import validate

SPENT: dict[str, float] = defaultdict(float)


def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **more: Any) -> Any:
        begin = time.process_time()
        try:
            return function(*args, **more)
        finally:
            SPENT[name] += time.process_time() - begin

    return call


def overhead(megabytes: float, files: int) -> None:
    size = int(megabytes * corpus.MEGABYTE / files)
    flow.keep_provable = timed("facts, one by one (invariants 1-5)", flow.keep_provable)
    flow.fact_fault = timed("of these: surfaces read again (4)", flow.fact_fault)
    write.check_tables = timed("columns, with pyarrow (2, 3, 5)", write.check_tables)
    parts.Digest.update = timed("row digests (6)", parts.Digest.update)  # type: ignore[method-assign]  # timed for as long as the bench runs
    with tempfile.TemporaryDirectory() as folder:
        seeds, out = Path(folder, "in"), Path(folder, "out")
        seeds.mkdir()
        for n in range(files):
            (seeds / f"{n:04}.txt").write_text(corpus.corpus(size, n), encoding="utf-8")
        zhfacts.extract("远岚集团增长8.7%。")  # rules are read once for all
        SPENT.clear()
        begin = time.process_time()
        run = zhfacts.run([seeds], out)
        whole = time.process_time() - begin
        checked = time.perf_counter()
        findings = validate(out, seeds)
        checked = time.perf_counter() - checked
    counts = {name: told["count"] for name, told in run.info["tables"].items()}
    print(f"{megabytes:g} MB in {files} files: {whole:.1f} s of processor time, {counts}, findings {len(findings)}")
    for name, spent in SPENT.items():
        print(f"  {name:<40} {spent:6.2f} s  {100 * spent / whole:5.1f} %")
    total = sum(spent for name, spent in SPENT.items() if not name.startswith("of these"))
    print(f"  {'validation in the run':<40} {total:6.2f} s  {100 * total / whole:5.1f} %")
    rows = sum(counts.values())
    for finding in findings[:10]:
        print(f"  found: {finding}")
    print(f"  validate() with pandera and the files: {checked:.1f} s, {rows / checked:,.0f} rows a second")


def memory(documents: int, jobs: int) -> None:
    rng = random.Random(5)  # noqa: S311  # a repeatable text, not a secret
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder, "in")
        seeds.mkdir()
        for n in range(documents):
            lines = [_line(rng) for _ in range(20)]
            (seeds / f"{n:06}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        run = zhfacts.run([seeds], Path(folder, "out"), jobs=jobs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 1 << 20)
    facts = run.info["tables"]["facts"]["count"]
    print(f"{documents} documents, {jobs} job(s): {facts:,} facts, peak memory of the main process {peak} MB")


def _line(rng: random.Random) -> str:
    year, region, rate, total = (rng.randint(*ends) for ends in ((2000, 2023), (1, 99), (1, 99), (100, 9999)))
    return (
        f"{year}年，松山省第{region}区出口额增长{rate}.{rate % 9}%，达到{total}亿元，云岭市投资{rate}、{region}亿美元。"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=3)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--documents", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    if args.documents:
        memory(args.documents, args.jobs)
    else:
        overhead(args.megabytes, args.files)


if __name__ == "__main__":
    main()
