"""Sections of bench/README.md that measurements write, each between marks of its own, and the machine they ran on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"


def publish(name: str, text: str) -> None:
    """Put the section between its marks, or at the end of the file."""
    first_mark, last_mark = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = README.read_text(encoding="utf-8") if README.is_file() else "# bench\n"
    first, _, rest = old.partition(first_mark)
    after = rest.partition(last_mark)[2] or "\n"
    README.write_text(f"{first.rstrip()}\n\n{first_mark}\n{text}{last_mark}{after}", encoding="utf-8")


def machine(used: str) -> str:
    """Date, processor, cores (and how many are used), system, load and commit, in one line."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(": ")[2] for line in info if "model name" in line), platform.processor())
    where = f"{model}, {os.cpu_count()} cores, {used}; {platform.system()} {platform.release()}"
    return f"{datetime.now(UTC):%Y-%m-%d}: {where}; load {os.getloadavg()[0]:.1f} at the end; commit {commit()}"


def commit() -> str:
    """The commit measured, with + where the tree differs from it."""
    head = _git("rev-parse", "--short", "HEAD")
    return (head or "unknown") + ("+" if _git("status", "--short", "pipeline", "rules") else "")


def _git(*words: str) -> str:
    command = ["git", "-C", str(HERE.parent), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603  # git, our own words
