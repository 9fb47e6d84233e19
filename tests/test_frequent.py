"""Words by how often they come: the cheapest way through a clause."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmenter import lexicon
from segmenter.data import Sentence
from zhfacts.link import frequent
from zhfacts.link.frequent import Frequent

SMALL = Frequent({"出": 600, "口": 700, "出口": 900, "出口额": 950, "额": 800, "增长": 800})
TEXTS = st.text("出口额增长远岚，a1", max_size=20)


def words(text: str, places: list[int]) -> list[str]:
    return [text[a:b] for a, b in pairwise([*places, len(text)])]


def cost(text: str, places: list[int], lexicon: Frequent) -> int:
    strange = {1: frequent.STRANGE, 2: frequent.PAIR}
    total = 0
    for word in words(text, places):
        known = lexicon.costs.get(word)
        plain = len(word) == 1 or (len(word) == 2 and all(frequent.FIRST <= c <= frequent.LAST for c in word))
        total += known if known is not None else strange[len(word)] if plain else 10**9
    return total


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("出口额增长", ["出口额", "增长"]),
        ("远岚增长", ["远岚", "增长"]),  # two rare characters are one name
        ("出，口", ["出", "，", "口"]),
        ("a，1", ["a", "，", "1"]),
        ("", []),
    ],
)
def test_the_cheapest_way(text: str, found: list[str]) -> None:
    assert words(text, SMALL.cuts(text)) == found


@given(TEXTS, st.data())
def test_no_way_is_cheaper(text: str, data: st.DataObject) -> None:
    """Against every way of cutting, drawn at random."""
    other = [0, *(k for k in range(1, len(text)) if data.draw(st.booleans()))] if text else []
    assert cost(text, SMALL.cuts(text), SMALL) <= cost(text, other, SMALL)


@given(TEXTS, st.sets(st.integers(1, 19)), st.sets(st.integers(1, 19)))
def test_edges_are_kept_and_others_never_cut(text: str, wanted: set[int], unwanted: set[int]) -> None:
    inside = {k for k in wanted if k < len(text)}
    found = SMALL.cuts(text, wanted, unwanted - wanted)
    assert inside <= set(found)
    assert not set(found) & (unwanted - wanted)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    lexicon.write(Counter({"出口": 10, "增长": 10, "额": 1}), 1000, tmp_path)
    assert frequent.load(tmp_path).costs == {"出口": 461, "增长": 461, "额": 691}


def test_words_are_counted_and_persons_left_out(tmp_path: Path) -> None:
    lexicon.train([Sentence(("远岚云仓", "2024", "，"), (), False)], tmp_path)
    costs = frequent.load(tmp_path).costs
    assert costs["远岚云仓"] > costs["增长"]
    assert "2024" not in costs
    assert "，" not in costs
    assert "张三" not in costs
