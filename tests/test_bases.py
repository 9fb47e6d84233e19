"""What a number is taken against: what lists share, what sentences hand on, and text made to trip it."""

from __future__ import annotations

import pytest

import zhfacts
from zhfacts.link.against import MOST
from zhfacts.link.ranker import Seen, watching


def asked(text: str) -> list[Seen]:
    with watching() as seen:
        zhfacts.extract(text)
    return [choice for choice in seen if choice.what == "bases"]


def test_a_list_is_asked_once() -> None:
    text = "松山和河湾的产量较2018年分别增长5%和3%。"
    assert len(asked(text)) == 1
    assert [f.basis for f in zhfacts.extract(text) if f.kind == "percent"] == ["2018年", "2018年"]


def test_plain_amounts_are_not_asked() -> None:
    assert asked("松山园区有员工1260名，投资3亿元，占地2万亩。") == []


def test_a_base_year_holds_for_the_changes_behind_it() -> None:
    text = "以2019年为基数，2024年松山的出口额增长了62.5%。河湾增长18.2%，云岭增长44.7%。"
    assert {f.basis for f in zhfacts.extract(text) if f.kind == "percent"} == {"2019年"}


def test_an_article_hands_nothing_on_to_the_next() -> None:
    one = "本报讯 以2019年为基数，松山的出口额增长了62.5%。"
    assert [f.basis for f in zhfacts.extract(f"{one}\n\n本报讯 河湾的产值增长18.2%。") if f.kind == "percent"][
        1
    ] is None


def test_a_basis_keeps_the_documents_script() -> None:
    assert [f.basis for f in zhfacts.extract("藍海科技的年產量佔全國市場的三分之一。")] == ["全國市場"]


@pytest.mark.parametrize(
    "text",
    [
        "40%",
        "占40%",
        "，占40%的",
        "较40%",
        "的40%。",
        "比比比比增长3%",
        "占占占3%占",
        "（40%）",
        "较2018年，40%",
        "其中，3%、4%、5%",
    ],
)
def test_odd_text_is_no_trouble(text: str) -> None:
    assert all(f.basis is None or f.basis in text for f in zhfacts.extract(text))


def test_candidates_are_bounded() -> None:
    text = "".join(f"松山{place}产业的产值与河湾{place}产业的总产值，" for place in "东南西北上下左右") + "合计占40%。"
    (choice,) = asked(text)
    assert len(choice.candidates) <= MOST + 4
