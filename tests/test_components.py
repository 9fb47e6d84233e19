"""The spaCy component: facts of a doc are those of its text."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from zhfacts import extract

TEXT = "2023年，远岚集团出口额增长8.7%，达到5784亿元。去年利润下降3%。"


@pytest.fixture(scope="module")
def spacy():  # type: ignore[no-untyped-def]  # spaCy publishes no stubs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # spaCy's own imports warn of what it uses
        import spacy
    return spacy


def test_a_blank_pipeline_fills_the_facts(spacy) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts", config={"published": "2024-03-12"})
    doc = nlp(TEXT)
    assert [f.surface for f in doc._.facts] == ["2023年", "8.7%", "5784亿元", "3%"]
    assert all(doc.text[f.start : f.end] == f.surface for f in doc._.facts)
    assert str(doc._.facts[3].period_start) == "2023-01-01"


def test_facts_are_those_of_extract(spacy) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts")
    assert list(nlp(TEXT)._.facts) == extract(TEXT)


def test_pipe_over_several_texts(spacy) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts")
    docs = list(nlp.pipe([TEXT, "没有数字。", "占5%。"]))
    assert [len(d._.facts) for d in docs] == [4, 0, 1]


def spans_of(doc) -> list[tuple[str, str, str]]:
    return [(span.text, span.label_, span.id_) for span in doc.spans["zhfacts"]]


def test_spans_have_kinds_as_labels_and_the_ids_of_facts(spacy) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts")
    doc = nlp(TEXT)
    assert spans_of(doc) == [(f.surface, f.kind, f.fact_id) for f in doc._.facts]
    assert {label for _, label, _ in spans_of(doc)} <= set(nlp.pipe_labels["zhfacts"])


def test_spans_touch_whole_tokens_in_a_pipeline_of_others(spacy) -> None:
    nlp = spacy.blank("en")  # its tokens are what stands between spaces
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("zhfacts", config={"spans_key": "numbers"})
    doc = nlp("profits 增长8.7%，to 5784亿元 in all")
    assert [(span.text, span.label_) for span in doc.spans["numbers"]] == [
        ("增长8.7%，to", "percent"),
        ("5784亿元", "money"),
    ]
    assert "zhfacts" not in doc.spans


def test_two_processes_give_the_same_docs(spacy) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts", config={"published": "2024-03-12"})
    texts = [TEXT, "没有数字。", "占5%。"] * 4
    alone, shared = list(nlp.pipe(texts)), list(nlp.pipe(texts, n_process=2, batch_size=2))
    assert [doc._.facts for doc in shared] == [doc._.facts for doc in alone]
    assert [spans_of(doc) for doc in shared] == [spans_of(doc) for doc in alone]
    assert [len(doc._.facts) for doc in shared[:3]] == [4, 0, 1]


def test_docs_are_kept_and_come_back(spacy) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts", config={"published": "2024-03-12"})
    doc = nlp(TEXT)
    kept = spacy.tokens.DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (back,) = spacy.tokens.DocBin().from_bytes(kept).get_docs(nlp.vocab)
    assert back._.facts == doc._.facts
    assert spans_of(back) == spans_of(doc)
    assert spacy.blank("zh")("占5%")._.facts == ()


def test_a_pipeline_is_saved_and_loaded_with_its_settings(spacy, tmp_path: Path) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts", config={"published": "2024-03-12"})
    nlp.to_disk(tmp_path)
    assert spacy.load(tmp_path)(TEXT)._.facts == nlp(TEXT)._.facts


def test_displacy_draws_the_spans_and_escapes_the_text(spacy) -> None:
    nlp = spacy.blank("zh")
    nlp.add_pipe("zhfacts")
    doc = nlp("<img src=x>增长8.7%。")
    drawn = spacy.displacy.render(doc, style="span", options={"spans_key": "zhfacts"}, jupyter=False)
    assert "percent" in drawn
    assert "<img" not in drawn


def test_a_bad_date_is_refused(spacy) -> None:
    with pytest.raises(ValueError, match="2024"):
        spacy.blank("zh").add_pipe("zhfacts", config={"published": "12.3.2024"})
