"""What the segmenter and the tagger learn from: the UD treebanks, and our own texts as jieba cuts them.

The real documents and the news under ../shared are for measuring the linker and are never read here.
"""

from __future__ import annotations

import itertools
import re
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
HELD_OUT_EVERY = 10
"""Each tenth sentence of GSD and each tenth article of PUD is kept for measuring."""
TIMES = 3
"""How often each term of terms.txt comes, in one frame after the other."""
SENTENCE = re.compile(r"[^。！？；]+[。！？；]?[”」』）]?")
HAN = re.compile(r"[一-鿿]")
WRAP = re.compile(r"(?<=[^\x00-\x7f])[^\S\n]*\n(?=\S)|(?<=\S)\n(?=[^\x00-\x7f\s])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of one sentence with their parts of speech; `tags` is empty where nobody has tagged them."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    held_out: bool

    @property
    def text(self) -> str:
        """The sentence as it was written, without spaces."""
        return "".join(self.words)


def treebank(path: Path, convert: Callable[[str], str] | None = None) -> list[Sentence]:
    """The sentences of a CoNLL-U file; every tenth article or, in a file without articles, sentence is held out."""
    found: list[Sentence] = []
    lines = path.read_text("utf-8").split("\n")
    by_article = any(line.startswith("# newdoc") for line in lines)
    for number, (article, rows) in enumerate(_sentences(lines)):
        words = tuple(row[1] for row in rows)
        held_out = (article if by_article else number + 1) % HELD_OUT_EVERY == 0
        found.append(Sentence(_converted(words, convert), tuple(row[3] for row in rows), held_out))
    return found


def _sentences(lines: Iterable[str]) -> Iterator[tuple[int, list[list[str]]]]:
    """(number of the article, rows of word lines) of each sentence."""
    article, rows = 0, []
    for line in lines:
        if line.startswith("#"):
            article += line.startswith("# newdoc")
        elif line:
            cells = line.split("\t")
            if cells[0].isdigit():
                rows.append(cells)
        elif rows:
            yield article, rows
            rows = []


def _converted(words: tuple[str, ...], convert: Callable[[str], str] | None) -> tuple[str, ...]:
    """Words in simplified script, converted with their sentence around them: 數字化 -> 数字化."""
    if convert is None:
        return words
    simplified = convert("".join(words))
    if len(simplified) != sum(map(len, words)):
        raise ValueError(f"conversion changed the length of {''.join(words)!r}")
    ends = list(itertools.accumulate(map(len, words)))
    return tuple(simplified[a:b] for a, b in zip([0, *ends], ends, strict=False))


def treebanks(folder: Path) -> dict[str, list[Sentence]]:
    """GSDSimp dev and test, and PUD in simplified script."""
    from opencc import OpenCC

    return {
        "gsd-dev": treebank(folder / "zh_gsdsimp-ud-dev.conllu"),
        "gsd-test": treebank(folder / "zh_gsdsimp-ud-test.conllu"),
        "pud": treebank(folder / "zh_pud-ud-test.conllu", OpenCC("t2s").convert),
    }


def own_texts() -> dict[str, list[str]]:
    """Sentences of ours by source: the sample documents, the examples of rules/, terms in frames."""
    return {"seeds": _seeds(), "rules": _examples(), "terms": [s.text for s in framed()] + _plain("phrases.txt")}


def _seeds() -> list[str]:
    """Sentences of seeds/ and of the other texts of ours that are annotated, their hard line wraps undone."""
    folders = (ROOT / "seeds", ROOT / "tests" / "gold" / "texts")
    texts = [path.read_text("utf-8") for folder in folders for path in sorted(folder.glob("*.txt"))]
    return [s for text in texts for line in WRAP.sub("", text).split("\n") for s in _split(line)]


def _examples() -> list[str]:
    files = [tomllib.loads(path.read_text("utf-8")) for path in sorted((ROOT / "rules").rglob("corpus.toml"))]
    rows = [row for file in files for table in file.values() if isinstance(table, list) for row in table]
    return [s for row in rows for line in str(row.get("text", "")).split("\n") for s in _split(line)]


def framed() -> list[Sentence]:
    """Terms in frames, as words with tags set by hand: 去年，我省出口额比上年有所提高。."""
    words = itertools.chain.from_iterable(line.split() for line in _plain("terms.txt") * TIMES)
    found = []
    for frame in itertools.cycle(_plain("frames.txt")):
        pairs = [cell.rsplit("/", 1) for cell in frame.split()]
        filled = tuple(next(words, "") if word == "@" else word for word, _ in pairs)
        if not all(filled):
            return found
        found.append(Sentence(filled, tuple(tag for _, tag in pairs), (len(found) + 1) % HELD_OUT_EVERY == 0))
    return found


def _plain(name: str) -> list[str]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _split(line: str) -> list[str]:
    return [s.strip() for s in SENTENCE.findall(line) if len(HAN.findall(s)) >= 2]


def cut_by_jieba(sentences: Iterable[str]) -> list[Sentence]:
    """The sentences as jieba cuts them, one in ten held out; white space parts words and is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(60)
    found = []
    for number, sentence in enumerate(sentences):
        words = tuple(word for word in jieba.cut(sentence) if not word.isspace())
        found.append(Sentence(words, (), (number + 1) % HELD_OUT_EVERY == 0))
    return found
