"""Word boundaries in a clause: 华岭精密出口额同比增长8.7% -> 华岭精密|出口额|同比|增长|8.7%.

`segmenter(name)` gives one of: "lexicon" (frequent words, ours), "pkuseg" (the model that ships with the package),
"pkuseg:NAME_OR_PATH" (an official one that is installed), "jieba", "char"; without a name that of `using(...)`, in
which a document's stages run. Nothing is downloaded, nothing is written, and the same text gives the same words in
any order of calls and in any thread.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import threading
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

from zhfacts.errors import InputError
from zhfacts.link import frequent

Span = tuple[int, int]
"""Start and end in the given text, in characters, end exclusive."""
Cuts = Callable[[str, Sequence[int], Sequence[int]], Iterable[int]]
"""(a text without white space, places to cut at, places never to cut at) -> where words begin."""

DEFAULT: Final = "lexicon"
SHIPPED: Final = Path(__file__).resolve().parents[1] / "models" / "segmenter"
MODEL_FILES: Final = ("features.msgpack", "weights.npz")
PIECE: Final = 500
"""Characters decided at once: bounds the memory that a text without any white space takes."""
STOPS: Final = "，。；！？：、,;!?"
PIECES = re.compile(rf"\s+|\S{{1,{PIECE}}}(?!\S)|\S{{1,{PIECE}}}(?<=[{STOPS}])|\S{{1,{PIECE}}}")
_LATIN = "A-Za-zＡ-Ｚａ-ｚ"
GLUED = re.compile(rf"[{_LATIN}][{_LATIN}0-9０-９]*(?:[-.][{_LATIN}0-9０-９]+)+|[{_LATIN}0-9０-９]+")
"""Never cut by itself, only by the edge of a protected span: GPT-3, 2024, 5G."""

_loading = threading.RLock()
_loaded: dict[str, Segmenter] = {}
_current: ContextVar[str] = ContextVar("segmenter", default=DEFAULT)


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Cuts text into words; `digest` is the SHA-256 of its model's files, "" where there are none."""

    name: str
    digest: str
    cuts: Cuts

    def spans(self, text: str, protected: Iterable[Span] = ()) -> list[Span]:
        """Words and runs of white space that cover the text: 出口额 增长 -> (0, 3), (3, 4), (4, 6).

        Each protected span is one word, neither cut nor merged with a neighbour; of two that overlap the union is.
        """
        kept = _united(protected, len(text))
        fixed = sorted({place for span in kept for place in span})
        whole = _insides([*kept, *_runs(text, fixed)])
        found = {0, len(text), *fixed}
        for piece in PIECES.finditer(text):
            start, end = piece.span()
            found.add(start)
            if not piece[0].isspace():
                places = self.cuts(piece[0], _within(fixed, start, end), _within(whole, start, end))
                found.update(start + place for place in places)
        found.difference_update(whole)
        return list(pairwise(sorted(found)))

    def words(self, text: str, protected: Iterable[Span] = ()) -> list[str]:
        """The words themselves, white space left out: 出口额 增长 -> 出口额, 增长."""
        return [text[a:b] for a, b in self.spans(text, protected) if not text[a:b].isspace()]


@contextmanager
def using(name: str) -> Iterator[None]:
    """Have `segmenter()` give the one of that name, in this thread and until the end of the block."""
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)


def segmenter(name: str | None = None) -> Segmenter:
    """The segmenter of that name or in use, loaded once; InputError for one that is unknown or not installed."""
    name = _current.get() if name is None else name
    with _loading:
        if name not in _loaded:
            _loaded[name] = _load(name)
        return _loaded[name]


def known(name: str) -> str:
    """The name itself; InputError as `segmenter` raises it. Ours is always there and is not loaded to find out."""
    return name if name == DEFAULT else segmenter(name).name


def _load(name: str) -> Segmenter:
    kind, _, model = name.partition(":")
    if name == DEFAULT:
        return Segmenter(name, digest(), frequent.load(SHIPPED).cuts)
    if name == "pkuseg":
        return _pkuseg(name, SHIPPED)
    if kind == "pkuseg" and model:
        return _pkuseg(name, _folder(model))
    if name == "jieba":
        return _jieba()
    if name == "char":
        return Segmenter(name, "", _every_character)
    raise InputError(f"no segmenter {name!r}: choose lexicon, pkuseg, pkuseg:NAME_OR_PATH, jieba or char")


def _pkuseg(name: str, folder: Path) -> Segmenter:
    """The pkuseg model of a folder, its older file formats refused: they are pickles, which can run any code."""
    from zhfacts.link.crf import Model

    missing = [file for file in MODEL_FILES if not (folder / file).is_file()]
    if missing:
        raise InputError(f"{folder}: no {' and '.join(missing)}; a pkuseg model has {' and '.join(MODEL_FILES)}")
    try:
        model = Model(folder)
    except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
        raise InputError(f"{folder}: not a pkuseg model ({error}); install it again") from error
    return Segmenter(name, digest(folder, MODEL_FILES), model.cuts)


def digest(folder: Path = SHIPPED, files: Sequence[str] = (frequent.FILE,)) -> str:
    """SHA-256 over the names and bytes of a model's files, as hex; of our lexicon's where none is named."""
    return _digest((file, (folder / file).read_bytes()) for file in files)


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    total = hashlib.sha256()
    for file, data in files:
        total.update(b"%d:%b%d:%b" % (len(file), file.encode(), len(data), data))
    return total.hexdigest()


def sha256(path: Path) -> str:
    """SHA-256 of one file, as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _folder(model: str) -> Path:
    """Where a model lies: a path, a name under pkuseg's home, or that of an installed spaCy package."""
    home = Path(os.environ.get("PKUSEG_HOME") or Path.home() / ".pkuseg")
    for folder in (Path(model), home / model, *_packaged(model)):
        if folder.is_dir():
            return folder
    raise InputError(
        f"no pkuseg model {model!r}, neither as a folder, nor in {home}, nor as an installed package; "
        "zhfacts downloads none by itself: unpack it there, or choose --segmenter lexicon"
    )


def _packaged(model: str) -> Iterator[Path]:
    """Folders of the pkuseg model in a spaCy package: zh_core_web_sm."""
    spec = importlib.util.find_spec(model) if model.isidentifier() else None
    for root in (spec and spec.submodule_search_locations) or ():
        yield from sorted(Path(root).glob("*/tokenizer/pkuseg_model"))


def _jieba() -> Segmenter:
    """A tokenizer of jieba's that neither reads nor writes its cache in the folder for temporary files."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba's own, about its regexes and pkg_resources
            import jieba
            import jieba.finalseg
    except ImportError as error:
        raise InputError('jieba is not installed; install it with: pip install "zhfacts[jieba]"') from error
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True

    def cuts(text: str, wanted: Sequence[int], unwanted: Sequence[int]) -> Iterable[int]:
        del unwanted  # undone by the caller
        edges = sorted({0, len(text), *wanted})
        for start, end in pairwise(edges):
            at = start
            for word in tokenizer.cut(text[start:end]):
                yield at
                at += len(word)

    return Segmenter("jieba", _digest(_jiebas(Path(jieba.__file__).parent)), cuts)


def _jiebas(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of jieba that hold what it has learnt: its dictionary, and how words not in it are cut."""
    for path in (folder / "dict.txt", *sorted((folder / "finalseg").glob("prob_*.py"))):
        yield path.name, path.read_bytes()


def _every_character(text: str, _wanted: Sequence[int], _unwanted: Sequence[int]) -> Iterable[int]:
    return range(len(text))


def _united(spans: Iterable[Span], length: int) -> list[Span]:
    """Spans in order, those that overlap made one, cut off at the ends of the text, empty ones left out."""
    found: list[Span] = []
    for start, end in sorted((max(0, a), min(length, b)) for a, b in spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif start < end:
            found.append((start, end))
    return found


def _runs(text: str, fixed: Sequence[int]) -> Iterator[Span]:
    """Latin letters and digits that stand together, parted at the edges of protected spans: 5G."""
    for m in GLUED.finditer(text):
        start, end = m.span()
        yield from pairwise([start, *fixed[bisect_right(fixed, start) : bisect_left(fixed, end)], end])


def _insides(spans: Iterable[Span]) -> list[int]:
    return sorted({place for start, end in spans for place in range(start + 1, end)})


def _within(places: Sequence[int], start: int, end: int) -> list[int]:
    """Those of the places that lie in a piece, counted from its start."""
    return [place - start for place in places[bisect_left(places, start) : bisect_left(places, end)]]
