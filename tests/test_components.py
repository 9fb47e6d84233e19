"""The spaCy component: facts of a doc are those of its text."""

from __future__ import annotations

import warnings

import pytest

from zhfacts import extract

TEXT = "2023年，远岚集团出口额增长8.7%，达到5784亿元。去年利润下降3%。"


@pytest.fixture(scope="module")
def spacy():  # type: ignore[no-untyped-def]  # spaCy publishes no stubs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # spaCy's own imports warn of what it uses
        import spacy
    return spacy


def test_a_blank_pipeline_fills_the_facts(spacy) -> None:  # type: ignore[no-untyped-def]
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts", config={"published": "2024-03-12"})
    doc = nlp(TEXT)
    assert [f.surface for f in doc._.facts] == ["2023年", "8.7%", "5784亿元", "3%"]
    assert all(doc.text[f.start : f.end] == f.surface for f in doc._.facts)
    assert str(doc._.facts[3].period_start) == "2023-01-01"


def test_facts_are_those_of_extract(spacy) -> None:  # type: ignore[no-untyped-def]
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts")
    assert list(nlp(TEXT)._.facts) == extract(TEXT)


def test_pipe_over_several_texts(spacy) -> None:  # type: ignore[no-untyped-def]
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts")
    docs = list(nlp.pipe([TEXT, "没有数字。", "占5%。"]))
    assert [len(d._.facts) for d in docs] == [4, 0, 1]


def test_a_bad_date_is_refused(spacy) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="2024"):
        spacy.blank("zh").add_pipe("zhfacts", config={"published": "12.3.2024"})
