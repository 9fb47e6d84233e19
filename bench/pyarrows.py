"""Row digests of the same run under several versions of pyarrow, each in a venv of its own (bench/.cache).

`python bench/pyarrows.py` takes the lowest version that we allow and the newest that is to be had; others are named
with `--versions 17 21.0.0`. CI has no need of it: tests/test_parts.py holds what needs no download.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / "bench" / ".cache"
RUN = "import sys, pyarrow, zhfacts; zhfacts.run([sys.argv[1]], sys.argv[2], force=True); print(pyarrow.__version__)"


def lowest() -> str:
    """The lowest version that pyproject.toml allows."""
    (found,) = re.findall(r'"pyarrow>=([\d.]+)', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return found if "." in found else f"{found}.0.0"


def python_with(version: str) -> Path:
    """The Python of a venv with zhfacts, all libraries as tested, and this version of pyarrow (newest: any)."""
    home = CACHE / f"pyarrow-{version}"
    python = home / "bin" / "python"
    if not (home / ".ready").is_file():
        print(f"Setting up {home} (once) ...", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        others = CACHE / "others.txt"
        lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        others.write_text("\n".join(line for line in lines if not line.startswith("pyarrow==")), encoding="utf-8")
        wanted = "pyarrow" if version == "newest" else f"pyarrow=={version}"
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", others]
        subprocess.run([*pip, "-e", str(ROOT), wanted], check=True)  # noqa: S603  # our own venv
        (home / ".ready").touch()
    return python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", nargs="+", default=[lowest(), "newest"])
    parser.add_argument("--seeds", type=Path, default=ROOT / "seeds")
    args = parser.parse_args()
    found = {}
    with TemporaryDirectory() as place:
        for number, wanted in enumerate(args.versions):
            out = Path(place, str(number))
            command = [python_with(wanted), "-c", RUN, args.seeds, out]
            version = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603  # our own command
            found[version] = json.loads((out / "run.json").read_text(encoding="utf-8"))["tables"]
    names = list(next(iter(found.values())))
    print(f"pyarrow {', '.join(found)}")
    for name in names:
        rows, files = ({told[name][key] for told in found.values()} for key in ("rows", "sha256"))
        count = next(iter(found.values()))[name]["count"]
        print(f"  {name:<10} {count:>6} rows: row digests {_told(rows)}, bytes {_told(files)}")
    if any(len({told[name]["rows"] for told in found.values()}) > 1 for name in names):
        sys.exit(1)


def _told(values: set[str]) -> str:
    return "equal" if len(values) == 1 else "differ"


if __name__ == "__main__":
    main()
