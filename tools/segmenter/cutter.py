"""Trains the segmenter with spacy_pkuseg.train and makes what it learnt small."""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import spacy_pkuseg
import srsly
from spacy_pkuseg.config import config

from segmenter.data import Sentence

ROUNDS = 10
SMALLEST = 0.04
"""Features none of whose weights is as large are left out."""
STEP = 1 / 64
"""Weights are kept as multiples of it, so that their sums are exact and the same on every machine."""
WORD_FEATURES = ("w-1.", "w1.", "ww.l.", "ww.r.")


def train(sentences: Sequence[Sentence], folder: Path, rounds: int = ROUNDS, smallest: float = SMALLEST) -> None:
    """Learn from the sentences' words and write features.msgpack and weights.npz."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        lines = [" ".join(s.words) for s in sentences]
        (work / "train.txt").write_text("\n".join(lines) + "\n", "utf-8")
        (work / "none.txt").write_text(lines[0] + "\n", "utf-8")
        random.seed(0)
        config.random, config.featureTrim = 0, 0
        with contextlib.redirect_stdout(io.StringIO()), _file_closed():
            spacy_pkuseg.train(str(work / "train.txt"), str(work / "none.txt"), str(work / "model"), rounds)
        prune(work / "model", folder, smallest)


@contextlib.contextmanager
def _file_closed() -> Iterator[None]:
    """Begin with a fresh folder for pkuseg's intermediate files, which it keeps for the whole process."""
    config._tmp_dir = None
    yield


def prune(source: Path, folder: Path, smallest: float) -> None:
    """Round the weights, leave out weak features and all words that no feature is left for."""
    data = srsly.read_msgpack(source / "features.msgpack")
    with np.load(source / "weights.npz") as arrays:
        (tags, size), weights = arrays["sizes"], arrays["w"]
    rows, between = weights[: tags * size].reshape(size, tags), weights[tags * size :]
    rows = rows - rows.mean(1, keepdims=True)  # the same for all tags decides nothing
    strong = np.abs(rows).max(1) >= smallest
    kept = [(name, n) for name, n in data["feature_to_idx"].items() if strong[n] or name == "$$"]
    kept.sort(key=lambda entry: (entry[0] != "$$", entry[0]))
    features = {name: n for n, (name, _) in enumerate(kept)}
    folder.mkdir(parents=True, exist_ok=True)
    small: dict[str, Any] = {
        "unigram": sorted(_words(features)),
        "bigram": [],
        "feature_to_idx": features,
        "tag_to_idx": data["tag_to_idx"],
    }
    srsly.write_msgpack(folder / "features.msgpack", small)
    exact = np.rint(np.concatenate([rows[[n for _, n in kept]].ravel(), between]) / STEP) * STEP
    np.savez_compressed(folder / "weights.npz", sizes=np.array([tags, len(kept)]), w=exact)


def _words(features: dict[str, int]) -> set[str]:
    """The words that stand in features of words: ww.l.同比*增长 -> 同比, 增长."""
    texts = (name.removeprefix(role) for name in features for role in WORD_FEATURES if name.startswith(role))
    return {word for text in texts for word in text.split("*")}
