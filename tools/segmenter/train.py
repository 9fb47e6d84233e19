"""Trains the models that ship with zhfacts and writes their card: `make segmenter`.

Learns from nine tenths of the treebanks and of our own texts and measures on the rest. Needs opencc and jieba,
and takes about four minutes on one core.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from string import Template

from segmenter import cutter, data, lexicon, measure, tagger
from segmenter.data import Sentence
from zhfacts.link import frequent, tags, words

CARD = Template((Path(__file__).parent / "card.md").read_text("utf-8"))
PACKAGES = ("spacy-pkuseg", "jieba", "opencc-python-reimplemented", "numpy", "srsly")
Parts = dict[str, list[Sentence]]


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("treebanks", type=Path, help="folder of the UD files, e.g. ../shared/ud")
    parser.add_argument("--out", type=Path, default=words.SHIPPED)
    chosen = parser.parse_args()
    banks = data.treebanks(chosen.treebanks)
    own = {name: data.cut_by_jieba(texts) for name, texts in data.own_texts().items()}
    fit(learnt([*banks.values(), *own.values()]), chosen.out)
    strict = [without(name, banks, own) for name in ("gsd-test", "pud")]
    text = CARD.substitute(
        parts="\n".join(counts(name, part) for name, part in (banks | own).items()),
        scores="\n".join([*scores(chosen.out, banks, own), *strict]),
        files="\n".join(file_row(chosen.out / name) for name in (frequent.FILE, *words.MODEL_FILES, tags.FILE)),
        versions=", ".join([f"Python {platform.python_version()}", *(f"{p} {version(p)}" for p in PACKAGES)]),
    )
    (chosen.out / "README.md").write_text(text, "utf-8")


def learnt(parts: Sequence[list[Sentence]]) -> list[Sentence]:
    """All sentences that are not held out."""
    return [s for part in parts for s in part if not s.held_out]


def fit(sentences: list[Sentence], folder: Path) -> None:
    """Lexicon and segmenter from all sentences; the tagger from those with tags and from ours tagged by hand."""
    lexicon.train(sentences, folder)
    cutter.train(sentences, folder)
    tagger.train([*(s for s in sentences if s.tags), *learnt([data.framed()])], folder)


def counts(name: str, part: list[Sentence]) -> str:
    """A row of the table of data."""
    kept = [s for s in part if s.held_out]
    return f"| {name} | {len(part)} | {sum(len(s.words) for s in part)} | {len(kept)} |"


def scores(folder: Path, banks: Parts, own: Parts) -> list[str]:
    """Rows of the table of scores: what the files in the folder reach on what was held out."""
    kept, ours = measure.held_out(banks), measure.held_out(own)
    rows = [row(folder, f"{name}, held-out part", part) for name, part in kept.items()]
    rows.append(row(folder, "**the three together**", [s for part in kept.values() for s in part]))
    rows += [row(folder, f"our {name} as jieba cuts them, held-out part", part) for name, part in ours.items()]
    return rows


def without(name: str, banks: Parts, own: Parts) -> str:
    """A row of scores on a whole treebank by models that saw nothing of it."""
    others = [part for other, part in banks.items() if other != name]
    with tempfile.TemporaryDirectory() as folder:
        fit(learnt([*others, *own.values()]), Path(folder))
        return row(Path(folder), f"whole {name}, by models trained without any of it (not shipped)", banks[name])


def row(folder: Path, name: str, part: list[Sentence]) -> str:
    """Word F1 of the lexicon and of pkuseg, accuracy of tags on the right words, F1 of words and tags (pkuseg)."""
    cut, tag = words.segmenter(f"pkuseg:{folder}").words, tags.tagger(folder).tag
    plain = words.Segmenter("", "", frequent.load(folder).cuts).words
    f1 = f"{measure.word_f1(plain, part):.1f} | {measure.word_f1(cut, part):.1f}"
    if not all(s.tags for s in part):
        return f"| {name} | {f1} | | |"
    return f"| {name} | {f1} | {measure.accuracy(tag, part):.1f} | {measure.joint_f1(cut, tag, part):.1f} |"


def file_row(path: Path) -> str:
    """Name, size and SHA-256 of a file of the model."""
    return f"| `{path.name}` | {path.stat().st_size} | `{words.sha256(path)}` |"


if __name__ == "__main__":
    main()
