"""jionlp and recognizers-text-suite in a venv of their own, asked line by line over a pipe.

This file is two programs in one: imported, it installs the peers and starts them; run by the peers' Python
(which has no zhfacts), it answers requests. A request is one line of JSON {"peer", "texts" or "file", "bases"},
the answer one line: seconds of wall clock and of this process, and what was found in each text as
[start, end, kind, value], spans half-open.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent / ".cache" / "peers-venv"
PYTHON = HOME / "bin" / "python"
WANTED = ("jionlp==1.5.31", "recognizers-text-suite==1.0.2a2", "emoji<2")
"""The versions of the shared notes on peers; recognizers-text-suite fails to import with emoji 2."""
BASE = (2024, 6, 15)
"""The day from which peers count 去年 where the request names none."""
Find = tuple[int, int, str, Any]


def install() -> None:
    """The peers' venv, made once; its mark holds what was asked for."""
    mark = HOME / ".ready"
    if mark.is_file() and mark.read_text(encoding="utf-8") == "\n".join(WANTED):
        return
    print("Setting up the peers' venv (once) ...", file=sys.stderr)
    venv.create(HOME, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED]
    subprocess.run(pip, check=True)  # noqa: S603  # our own venv and list of packages
    mark.write_text("\n".join(WANTED), encoding="utf-8")


class Peer:
    """A running process that answers; `with Peer() as peer: peer.ask("jionlp", texts=[...])`."""

    def __enter__(self) -> Peer:
        install()
        command = [str(PYTHON), "-W", "ignore", __file__]  # our own venv, this very file
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()

    def ask(self, peer: str, **request: Any) -> dict[str, Any]:
        self.process.stdin.write(json.dumps({"peer": peer, **request}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def _jionlp() -> Callable[..., Iterator[Find]]:
    import jionlp as jio

    def find(text: str, base: list[int]) -> Iterator[Find]:
        for one in jio.ner.extract_money(text, with_parsing=True):
            yield (*one["offset"], "money", one.get("detail"))
        day = dict(zip(("year", "month", "day"), base, strict=True))
        for one in jio.ner.extract_time(text, time_base=day, with_parsing=True):
            yield (*one["offset"], "time", {"type": one["type"], **(one.get("detail") or {})})

    return find


def _recognizers() -> Callable[..., Iterator[Find]]:
    from recognizers_date_time import DateTimeRecognizer
    from recognizers_number import NumberRecognizer
    from recognizers_number_with_unit import NumberWithUnitRecognizer
    from recognizers_suite import Culture

    percent = NumberRecognizer(Culture.Chinese).get_percentage_model()
    money = NumberWithUnitRecognizer(Culture.Chinese).get_currency_model()
    times = DateTimeRecognizer(Culture.Chinese).get_datetime_model()

    def find(text: str, base: list[int]) -> Iterator[Find]:
        day = datetime(*base)  # the model wants it without a zone
        found = {"percent": percent.parse(text), "money": money.parse(text), "time": times.parse(text, day)}
        for kind, results in found.items():
            for one in results:
                yield one.start, one.end + 1, kind, {"type": one.type_name, **(one.resolution or {})}

    return find


def answer(ask: dict[str, Any], find: Callable[..., Iterator[Find]]) -> dict[str, Any]:
    """The finds of every text, or with "finds": false their counts by kind."""
    texts = ask.get("texts") or json.loads(Path(ask["file"]).read_text(encoding="utf-8"))
    bases = ask.get("bases") or [BASE] * len(texts)
    found: list[list[Find]] = []
    errors = 0
    wall, cpu = time.perf_counter(), time.process_time()
    for text, base in zip(texts, bases, strict=True):
        found.append([])
        try:
            found[-1].extend(find(text, base))
        except Exception:  # a peer that fails on a text keeps what it found before
            errors += 1
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "errors": errors}
    if ask.get("finds", True):
        return {**spent, "found": found}
    kinds = [kind for one in found for _, _, kind, _ in one]
    return {**spent, "counts": {kind: kinds.count(kind) for kind in ("percent", "money", "time")}}


def serve() -> None:
    """Answer until the pipe is closed; what peers print and log goes nowhere."""
    logging.disable(logging.CRITICAL)
    out, sys.stdout = sys.stdout, io.StringIO()
    makers = {"jionlp": _jionlp, "recognizers": _recognizers}
    ready: dict[str, Callable[..., Iterator[Find]]] = {}
    for line in sys.stdin:
        ask = json.loads(line)
        if ask["peer"] == "versions":
            names = ("jionlp", "recognizers-text-suite", "emoji", "regex")
            reply: dict[str, Any] = {name: version(name) for name in names}
        else:
            find = ready.get(ask["peer"]) or ready.setdefault(ask["peer"], makers[ask["peer"]]())
            reply = answer(ask, find)
        print(json.dumps(reply, default=str), file=out, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        serve()
