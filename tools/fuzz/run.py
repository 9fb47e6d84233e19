"""Fuzzes the targets with atheris for so many seconds; run it with PYTHONPATH=tools:pipeline -m fuzz.run.

Example: `python -m fuzz.run --seconds 60` shares a minute among the targets; `--target extract` is for one alone.
Ends with 1 where an input broke a promise (libFuzzer leaves it in .fuzz/crash-…), with 0 where none did or where
atheris is not installed, which it says.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

LONGEST: Final = 2048
"""Bytes of an input."""
SEED: Final = 20261125


def main() -> int:
    """All targets one after the other, each in a process of its own, for libFuzzer never gives one back."""
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known.add_argument("--seconds", type=int, default=60, help="in all, shared among the targets")
    known.add_argument("--target", help="this one alone")
    known.add_argument("--seed", type=int, default=SEED, help="another number tries other inputs")
    known.add_argument("--input", type=Path, help="a file crash-… of an earlier run, given to the target once more")
    known.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    asked = known.parse_args()
    if asked.input:
        return _again(asked.target or "extract", asked.input)
    if find_spec("atheris") is None:
        print("fuzz: atheris is not installed (pip install 'zhfacts[fuzz]'): nothing was tried, Hypothesis still does")
        return 0
    if asked.child:
        _fuzz(asked.target, asked.seconds, asked.seed)
    names = [asked.target] if asked.target else ["extract", "numbers", "layout", "reader"]
    return max(_start(name, max(1, asked.seconds // len(names)), asked.seed) for name in names)


def _again(name: str, path: Path) -> int:
    """Try one input, which needs no atheris; what it breaks is raised."""
    from fuzz.targets import TARGETS, text_of

    data = path.read_bytes()
    print(f"fuzz {name}: {text_of(data)!r}")
    TARGETS[name](data)
    return 0


def _start(name: str, seconds: int, seed: int) -> int:
    """Fuzz one target in a process of its own; its exit code, and a line that says how it went."""
    command = [sys.executable, "-W", "ignore", "-m", "fuzz.run", "--child"]
    command += ["--target", name, "--seconds", str(seconds), "--seed", str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)  # noqa: S603
    tried = [line for line in done.stdout.splitlines() if line.startswith(("Done ", "#"))]
    print(f"fuzz {name}: {tried[-1].strip() if tried else 'no input was tried'}")
    if done.returncode:
        print(done.stdout)
    return 1 if done.returncode else 0


def _fuzz(name: str, seconds: int, seed: int) -> None:
    """Hand a target to libFuzzer, which ends the process; only code of ours is instrumented."""
    import atheris

    with atheris.instrument_imports(include=["zhfacts"], enable_loader_override=False):
        from fuzz.targets import TARGETS

    target: Any = TARGETS[name]
    found = Path(".fuzz")
    found.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number in range(64):  # longer than libFuzzer's own first inputs
            Path(corpus, str(number)).write_bytes(bytes((number * k * 7 + number) % 256 for k in range(number * 4 + 1)))
        flags = [
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST}",
            f"-seed={seed}",
            f"-artifact_prefix={found}/",
            "-timeout=20",
            "-rss_limit_mb=4096",
        ]
        atheris.Setup([sys.argv[0], *flags, corpus], target)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
