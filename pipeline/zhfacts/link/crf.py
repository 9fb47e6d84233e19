"""A pkuseg model at work: the same words as spacy_pkuseg cuts, several times as fast, and never through a span.

spacy_pkuseg forms about a hundred strings for each character; here its features are laid out by character, pair
and word once, when the model is loaded. Its decoder is used as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import srsly
from spacy_pkuseg.inference import getLogYY, run_viterbi

Ids = tuple[int, ...]

NUMERAL, LETTER = "\ue000", "\ue001"
"""Stand for pkuseg's `**Num` and `**Letter`, which are one character to it."""
NUMERALS: Final = "0123456789.几二三四五六七八九十千万亿兆零１２３４５６７８９０％"
LETTERS: Final = "／・－ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
SMALL: Final = "ａｂｃｄｅｆｇｈｉｇｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
"""As in spacy_pkuseg, the repeated ｇ included: ｊ is no letter to its models."""
FORBIDDEN: Final = -1e9
LONGEST_WORD: Final = 6
CHARACTER_ROLES: Final = ("c-2.", "c-1.", "c.", "c1.", "c2.")
PAIR_ROLES: Final = ("c-2c-1.", "c-1c.", "cc1.")
REACH: Final = 2
OFFSETS: Final = (2, 1, 0, -1, -2)
"""Where the character stands that sees another in each of CHARACTER_ROLES."""
PAIR_OFFSETS: Final = (2, 1, 0)

_NORMAL = (
    str.maketrans("-._,|/*:", "&&&&&&&&")
    | dict.fromkeys(map(ord, set(NUMERALS) - {"."}), NUMERAL)
    | dict.fromkeys(map(ord, LETTERS + SMALL), LETTER)
)


class Model:
    """Features and weights of one pkuseg model; nothing in it changes once it is loaded."""

    def __init__(self, folder: Path) -> None:
        data: dict[str, Any] = srsly.read_msgpack(folder / "features.msgpack")
        with np.load(folder / "weights.npz") as arrays:
            self.tags, self.size = (int(n) for n in arrays["sizes"])
            self.weights = np.ascontiguousarray(arrays["w"], dtype=np.float64)
        if self.weights.shape != (self.tags * (self.size + self.tags),):
            raise ValueError("weights.npz does not fit features.msgpack")
        begins = [n for tag, n in data["tag_to_idx"].items() if tag.startswith("B")]
        self.begins = np.isin(np.arange(self.tags), begins)
        self.begin, self.insides = np.flatnonzero(self.begins), np.flatnonzero(~self.begins)
        features: Mapping[str, int] = data["feature_to_idx"]
        self.characters = _by_text(features, CHARACTER_ROLES, 1)
        self.pairs = _by_text(features, PAIR_ROLES, 2)
        self.words: dict[str, tuple[int | None, int | None]] = {
            word: (features.get("w-1." + word), features.get("w1." + word))
            for word in data["unigram"]
            if 2 <= len(word) <= LONGEST_WORD
        }
        self.left = _between(features, "ww.l.")
        self.right = _between(features, "ww.r.")

    def cuts(self, text: str, wanted: Sequence[int] = (), unwanted: Sequence[int] = ()) -> list[int]:
        """Where words begin in a text without white space; always at `wanted`, never at `unwanted` places."""
        scores, between = getLogYY(self.features(text), self.tags, self.size * self.tags, self.weights, 1.0)
        for places, columns in ((wanted, self.insides), (unwanted, self.begin)):
            if places:
                scores[np.array(places)[:, None], columns] += FORBIDDEN
        _, states = run_viterbi(scores, between)
        begins = self.begins[states]
        begins[0] = True
        found: list[int] = begins.nonzero()[0].tolist()
        return found

    def features(self, text: str) -> list[list[int]]:
        """Numbers of the features of each character."""
        text = text.translate(_NORMAL)
        found = self._neighbours(text)
        ending, starting = self._dictionary(text, found)
        self._adjacent(found, ending, starting)
        return found

    def _neighbours(self, text: str) -> list[list[int]]:
        """The features of single characters and of pairs: 出 and 出口 for 口."""
        characters, pairs = self.characters, self.pairs
        found: list[list[int]] = [[0] for _ in range(len(text) + 2 * REACH)]  # seen from beyond both ends as well
        for i, c in enumerate(text):
            for place, feature in characters.get(c, ()):
                found[i + place].append(feature)
            for place, feature in pairs.get(text[i : i + 2], ()):
                found[i + place].append(feature)
        return found[REACH:-REACH]

    def _dictionary(self, text: str, found: list[list[int]]) -> tuple[list[list[str]], list[list[str]]]:
        """Adds the features of words known from training; gives those that end and that start at each place."""
        n, words = len(text), self.words
        ending: list[list[str]] = [[] for _ in range(n + 1)]
        starting: list[list[str]] = [[] for _ in range(n + 1)]
        for i in range(n - 1):
            for end in range(i + 2, min(i + LONGEST_WORD, n) + 1):
                word = text[i:end]
                if word in words:
                    ends, starts = words[word]
                    if ends is not None:
                        found[end - 1].append(ends)
                    if starts is not None:
                        found[i].append(starts)
                    ending[end].append(word)
                    starting[i].append(word)
        return ending, starting

    def _adjacent(self, found: list[list[int]], ending: list[list[str]], starting: list[list[str]]) -> None:
        """Adds the features of two known words that meet: 同比|增长."""
        for i in range(1, len(found)):
            for one in ending[i]:
                for other in starting[i]:
                    pair = one + "*" + other
                    if pair in self.left:
                        found[i].append(self.left[pair])
                    if pair in self.right:
                        found[i - 1].append(self.right[pair])


def _normal(text: str) -> str:
    return text.replace("**Num", NUMERAL).replace("**Letter", LETTER)


def _between(features: Mapping[str, int], role: str) -> dict[str, int]:
    return {name.removeprefix(role): n for name, n in features.items() if name.startswith(role)}


def _by_text(features: Mapping[str, int], roles: tuple[str, ...], length: int) -> dict[str, list[tuple[int, int]]]:
    """(REACH plus the offset of the character that sees it, number of the feature) by character or pair."""
    offsets = OFFSETS if length == 1 else PAIR_OFFSETS
    found: dict[str, list[tuple[int, int]]] = {}
    for name, n in features.items():
        for role, offset in zip(roles, offsets, strict=True):
            if name.startswith(role):
                text = _normal(name.removeprefix(role))
                text = text if length == 1 else text[0] + text[-1]
                found.setdefault(text, []).append((REACH + offset, n))
    return found
