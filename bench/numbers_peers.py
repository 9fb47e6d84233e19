"""Our numbers stage and our whole pipeline beside jionlp and recognizers-text-suite: characters per second.

`make bench` runs it: one core (the process and the peers' are bound to one CPU), rounds in which everyone has a
turn, medians over the rounds. The table goes to the screen and into bench/README.md.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import spacy
from corpus import MEGABYTE, PARAGRAPH, varied
from peers import Peer
from readme import machine, publish

import zhfacts
from zhfacts.documents import Document
from zhfacts.layout.blocks import lay_out
from zhfacts.layout.normalise import normalise
from zhfacts.link.words import SHIPPED
from zhfacts.numbers.scan import find
from zhfacts.read import from_text

KINDS = ("percent", "money", "time")
OUR_KIND = {"percent": "percent", "percentage_point": "percent", "money": "money", "year": "time", "date": "time"}
FIGURES = re.compile("[0-9０-９]+(?:[.．,][0-9０-９]+)*|[〇零一二两三四五六七八九十百千万亿]+")
TARGET = 2_000_000
"""Characters a second that our numbers stage is to reach."""


@dataclass
class Row:
    """One thing that is timed: `run` returns (seconds of wall clock, of CPU, finds by kind or None)."""

    name: str
    characters: int
    run: Callable[[], tuple[float, float, Counter[str] | None]]
    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    found: Counter[str] | None = None

    def turn(self) -> None:
        wall, cpu, self.found = self.run()
        self.walls.append(wall)
        self.cpus.append(cpu)

    @property
    def rate(self) -> float:
        return self.characters / median(self.walls)

    @property
    def cpu_rate(self) -> float:
        return self.characters / median(self.cpus)


def timed(work: Callable[[], Counter[str] | None]) -> tuple[float, float, Counter[str] | None]:
    """The time of one call, with the garbage of whoever came before cleared away."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - wall, time.process_time() - cpu, found


def find_all(texts: Iterable[str]) -> Counter[str]:
    return Counter(OUR_KIND.get(n.kind, n.kind) for text in texts for n in find(text))


def find_plain(texts: Iterable[str]) -> Counter[str]:
    return Counter(OUR_KIND.get(n.kind, n.kind) for text in texts for n in find(normalise(text)[0]))


def extract_all(documents: Iterable[str]) -> Counter[str]:
    return Counter(OUR_KIND.get(f.kind, f.kind) for text in documents for f in zhfacts.extract(text))


def lay_all(documents: Iterable[Document]) -> Counter[str] | None:
    for document in documents:
        lay_out(document)
    return None


def segmented(texts: Iterable[str]) -> Counter[str] | None:
    """spaCy's blank Chinese with pkuseg as its tokenizer and our model's weights; it finds words and no numbers."""
    nlp = _spacy()
    for text in texts:
        nlp(text)
    return None


@cache
def _spacy() -> Any:
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "pkuseg"}}})
    nlp.tokenizer.initialize(pkuseg_model=str(SHIPPED), pkuseg_user_dict="default")  # type: ignore[attr-defined]  # spaCy types no tokenizer of Chinese
    return nlp


def scanned(texts: Iterable[str]) -> Counter[str] | None:
    """The floor: every run of digits or numerals, of no kind and no value."""
    for text in texts:
        for _ in FIGURES.finditer(text):
            pass
    return None


def sample(texts: list[str], characters: int, seed: int) -> list[str]:
    """Blocks drawn over the whole corpus until there are so many characters."""
    chosen: list[str] = []
    for text in random.Random(seed).sample(texts, len(texts)):  # noqa: S311  # a repeatable sample
        if characters <= 0:
            break
        chosen.append(text)
        characters -= len(text)
    return chosen


def rows(args: argparse.Namespace, peer: Peer, folder: Path) -> list[Row]:
    """Everything that is timed, over one corpus."""
    documents = list(varied(int(args.megabytes * MEGABYTE), args.seed))
    blocks = [block.text for document in documents for block in lay_out(from_text(document))[1]]
    plain = "\n\n".join(documents)
    lines, paragraphs = plain.split("\n"), PARAGRAPH.split(plain)
    few = documents[: max(5, len(documents) // 4)]
    read = [from_text(document) for document in few]
    slices = {
        "spacy": sample(blocks, args.jionlp // 5, args.seed),
        "jionlp": sample(blocks, args.jionlp, args.seed),
        "recognizers": sample(blocks, args.recognizers, args.seed),
    }
    paths = {name: folder / f"{name}.json" for name in slices}
    for name, texts in slices.items():
        paths[name].write_text(json.dumps(texts), encoding="utf-8")

    def count(texts: Iterable[str]) -> int:
        return sum(map(len, texts))

    def ours(name: str, texts: list[str], work: Callable[[Iterable[str]], Counter[str]]) -> Row:
        return Row(name, count(texts), lambda: timed(lambda: work(texts)))

    def theirs(name: str, who: str) -> Row:
        def run() -> tuple[float, float, Counter[str]]:
            answer = peer.ask(who, file=str(paths[who]), finds=False)
            return answer["wall"], answer["cpu"], Counter(answer["counts"])

        return Row(name, count(slices[who]), run)

    return [
        ours("zhfacts numbers: normalise + find, paragraphs", paragraphs, find_plain),
        ours("zhfacts numbers: normalise + find, single lines", lines, find_plain),
        ours("zhfacts numbers: find, blocks as laid out", blocks, find_all),
        ours("zhfacts numbers: find, jionlp's slice", slices["jionlp"], find_all),
        ours("zhfacts numbers: find, recognizers' slice", slices["recognizers"], find_all),
        Row("zhfacts layout: roles, articles, blocks", count(few), lambda: timed(lambda: lay_all(read))),
        ours("zhfacts, whole pipeline", few, extract_all),
        ours("a plain regex scan: runs of digits and numerals", paragraphs, scanned),
        ours("spaCy blank zh with pkuseg alone: words", slices["spacy"], segmented),
        theirs("jionlp money + time", "jionlp"),
        theirs("recognizers-text-suite percentage + currency + datetime", "recognizers"),
    ]


def warm(found: list[Row], peer: Peer) -> None:
    """Patterns compiled and models built before the clock runs."""
    text = "2023年1月，增长8.7%，达50亿元。"
    find(text)
    _spacy()(text)
    zhfacts.extract(text)
    for who in ("jionlp", "recognizers"):
        peer.ask(who, texts=[text])


def table(found: list[Row]) -> str:
    best = found[0]
    head = "| What | Characters | Characters/s | of CPU time | Slowest–fastest round | Ratio | percent | money | time |"
    out = [head, "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for row in found:
        low, high = row.characters / max(row.walls), row.characters / min(row.walls)
        ratio = best.rate / row.rate
        counts = [f"{row.found[kind]:,}" if row.found and row.found[kind] else "–" for kind in KINDS]
        cells = [row.name, f"{row.characters:,}", f"{row.rate:,.0f}", f"{row.cpu_rate:,.0f}", f"{low:,.0f}–{high:,.0f}"]
        out.append("| " + " | ".join([*cells, f"{ratio:,.1f}", *counts]) + " |")
    return "\n".join(out)


def section(args: argparse.Namespace, found: list[Row], versions: dict[str, str]) -> str:
    """What goes into bench/README.md."""
    peers = ", ".join(f"{name} {v}" for name, v in versions.items())
    ours = f"zhfacts {zhfacts.__version__}, Python {platform.python_version()}, regex {version('regex')}"
    rate = found[0].rate
    jionlp, recognizers = found[-2:]
    ratios = f"{rate / jionlp.rate:,.1f} times jionlp and {rate / recognizers.rate:,.0f} times recognizers-text-suite"
    pairs = ((found[3], jionlp), (found[4], recognizers))
    same = [f"{ours.rate / peer.rate:,.1f}" for ours, peer in pairs]
    return f"""\
Made by `make bench` on {machine("one used")}.
{ours}; peers on the same Python: {peers}.
Text: {args.megabytes:g} MB of UTF-8 by bench/corpus.py, seed {args.seed}; {len(found[0].walls)} rounds in which \
everyone has a turn, medians.

{table(found)}

Numbers stage: {rate:,.0f} characters/s ({rate / TARGET:.2f} of the target of {TARGET:,}); {ratios}. \
On exactly the strings that a peer was given, find alone is {same[0]} times jionlp and {same[1]} times recognizers.

What is timed: `normalise + find` reads plain text, cut at blank lines or at every line end, and calls
`zhfacts.numbers.scan.find(normalise(text)[0])` on each piece; `find` alone gets the blocks of `lay_out`, whose time is
not counted. The whole pipeline is `zhfacts.extract` on a quarter of the documents. The regex scan finds runs of
digits and numerals and nothing of what they mean; spaCy's blank Chinese cuts words by pkuseg with the weights of our
model. Peers are slow, so each gets a slice: blocks drawn over the whole corpus, the recognizers' \
{recognizers.characters:,} characters being the first of jionlp's {jionlp.characters:,}. Start-up, model building and \
pipes are outside the clock. Ratio: how many times the first row is faster. Counts are of what was found in the row's \
own text; percent holds percentage points, too; a dash means none. Peers' time counts hold durations, clock times and \
recurring times, which are kinds of their own with us.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jionlp", type=int, default=500_000, help="characters of jionlp's slice")
    parser.add_argument("--recognizers", type=int, default=50_000, help="characters of recognizers' slice")
    parser.add_argument("--no-readme", action="store_true", help="print only")
    args = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with Peer() as peer, tempfile.TemporaryDirectory() as folder:
        found = rows(args, peer, Path(folder))
        warm(found, peer)
        for turn in range(args.rounds):
            for row in found:
                row.turn()
            print(f"round {turn + 1} of {args.rounds}: {found[0].characters / found[0].walls[-1]:,.0f} characters/s")
        versions = peer.ask("versions")
    text = section(args, found, versions)
    print(text)
    if not args.no_readme:
        publish("numbers_peers", text)


if __name__ == "__main__":
    main()
