"""The ranker: sums that are exact, shares that add up, weights that are there, and scores that mean what they say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zhfacts
from zhfacts.link.ranker import (
    WHOLE,
    Pack,
    Ranker,
    basis_ranker,
    calibration,
    features_of,
    period_ranker,
    property_ranker,
    subject_ranker,
    watching,
)
from zhfacts.records import Number
from zhfacts.scoring import report as told
from zhfacts.scoring.score import score

TEXTS = Path(__file__).parent / "gold" / "texts"
SEEDS = Path(__file__).parent.parent / "seeds"
NUMBER = Number(0, 1, "quantity", "measure", "个")


@dataclass(frozen=True)
class Thing:
    name: str
    own: Pack
    packs: tuple[Pack, ...] = ()


def test_the_greatest_sum_wins_and_of_two_alike_the_first() -> None:
    ranker = Ranker("subjects", {"near": 120, "far": -30})
    a, b, c = Thing("a", ("far",)), Thing("b", ("near", "unknown")), Thing("c", ("near",))
    assert ranker.choose([a, b, c], NUMBER).best is b
    assert ranker.choose([a], NUMBER).share == WHOLE


def test_features_count_alike_in_packs_and_by_themselves() -> None:
    ranker = Ranker("subjects", {"near": 120, "far": -30, "big": 7})
    alone, packed = Thing("a", ("near", "far", "big", "none")), Thing("b", ("big",), (("near", "none"), ("far",)))
    assert ranker.score(alone) == ranker.score(packed) == 97
    assert sorted(features_of(alone)) == sorted(features_of(packed))


@given(st.lists(st.integers(-900, 900), min_size=1, max_size=12))
def test_shares_are_those_of_the_odds_and_the_order_of_others_changes_nothing(weights: list[int]) -> None:
    ranker = Ranker("subjects", {str(k): w for k, w in enumerate(weights)})
    things = [Thing(str(k), (str(k),)) for k in range(len(weights))]
    choice, back = ranker.choose(things, NUMBER), ranker.choose(things[::-1], NUMBER)
    assert 0 < choice.share <= WHOLE
    assert choice.share == back.share
    assert choice.share <= WHOLE / Counter(weights)[max(weights)] + 1


@pytest.mark.parametrize(
    "ranker", [subject_ranker, property_ranker, basis_ranker, period_ranker], ids=lambda r: r.__name__
)
def test_weights_are_of_features_that_linking_gives(ranker: type[Ranker]) -> None:
    """No weight of a feature that no code names any more: at least nine in ten are met in our own texts."""
    with watching() as seen:
        for path in sorted([*TEXTS.glob("*.txt"), *SEEDS.glob("*.txt")]):
            for part in path.read_text("utf-8").split("\n") if path.stem[0] == "2" else [path.read_text("utf-8")]:
                zhfacts.extract(part)
    one = ranker()
    met = {f for choice in seen if choice.what == one.what for c in choice.candidates for f in features_of(c)}
    assert len(met & one.weights.keys()) >= 0.9 * len(one.weights)


def test_scores_never_fall_with_the_share() -> None:
    scores = [calibration().score(share) for share in range(0, WHOLE + 1, WHOLE // 50)]
    assert scores == sorted(scores)
    assert 0.2 < scores[0] < 0.6 < scores[-1] <= 1


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> zhfacts.Run:
    return zhfacts.run(sorted(TEXTS.glob("1*.txt")), tmp_path_factory.mktemp("texts"))


def test_links_of_our_own_texts(run: zhfacts.Run, tmp_path: Path) -> None:
    """Floors below today's figures; weights are fitted on these texts, so they flatter (docs/quality.md has others)."""
    for path in TEXTS.glob("1*.jsonl"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    core = told.figures(score(run.out, run.info, tmp_path))["core"]
    floors = {"F1": 0.98, "value": 0.97, "bound": 0.97, "change": 0.95, "subject": 0.74, "attribute": 0.8, "time": 0.7}
    assert {name: core[name].share for name, least in floors.items() if (core[name].share or 0) < least} == {}


def test_a_higher_score_is_right_more_often(run: zhfacts.Run) -> None:
    scores = run.facts["link_score"].dropna()
    assert len(scores) > 500
    assert scores.between(0, 1).all()
    assert scores.nunique() >= 5
