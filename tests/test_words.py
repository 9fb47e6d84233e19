"""Word boundaries and parts of speech: what every segmenter promises, and that the shipped models are the card's."""

from __future__ import annotations

import re
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import srsly
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.lang.zh import Chinese

from zhfacts.errors import InputError
from zhfacts.link import frequent, tags, words

TEXTS = (
    "2024年，我国微型传感器行业顶住压力，稳住订单，全年实现营业收入1.3万亿元，同比增长6.4%。",
    "总部设在江苏的砚桥传感技术公司（以下简称砚桥传感）走的是一条窄路。",
    "全行业研发费用占营收的比重由2019年的4.1%升至2024年的7.3%，但目前高端产品自给率仍不足三成",
    "GPT-4 和５Ｇ用户　达到 3 000 万",
)
HOSTILE = {
    "nothing": "",
    "white space": " \t\n　\u2028",
    "emoji": "增长👨‍👩‍👧‍👦8.7%🚀🚀",
    "control": "出口\x00额\x1f增\x7f长\u200b\ufeff8%",
    "lone surrogate": "出口\ud800额",
    "private use": "出口\ue000\ue001额**Num",
    "one character": "额" * 100_000,
    "digits": "9" * 100_000,
    "letters": "Ａb" * 50_000,
    "no white space": "华岭精密出口额同比增长" * 9_100,
    "combining": "e\u0301" * 1_000 + "額",
}


def names() -> list[str]:
    try:
        words.segmenter("jieba")
    except InputError:
        return ["lexicon", "pkuseg", "char"]
    return ["lexicon", "pkuseg", "jieba", "char"]


every = pytest.mark.parametrize("name", names())


def check(text: str, spans: list[words.Span], protected: list[words.Span]) -> None:
    assert "".join(text[a:b] for a, b in spans) == text
    assert all(a < b for a, b in spans)
    for span in protected:
        assert span in spans


@every
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_are_covered(name: str, kind: str) -> None:
    text = HOSTILE[kind]
    protected = [(1, 3), (3, 5)] if len(text) >= 5 else []
    check(text, words.segmenter(name).spans(text, protected), protected)
    found = words.segmenter(name).words(text)
    assert len(tags.tag(found)) == len(found)


@every
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_protected_spans_are_words(name: str, data: st.DataObject) -> None:
    text = data.draw(st.one_of(st.sampled_from(TEXTS), st.text(alphabet="出口额增长8.%aZ 　\n，🚀", max_size=40)))
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = list(pairwise(edges))
    protected = [p for p in pairs if data.draw(st.booleans())]
    check(text, words.segmenter(name).spans(text, data.draw(st.permutations(protected))), protected)


@every
def test_overlapping_spans_are_united_and_cut_off_at_the_ends(name: str) -> None:
    spans = words.segmenter(name).spans("华岭精密出口额", [(-3, 2), (1, 4), (6, 99), (5, 5), (4, 4)])
    assert (0, 4) in spans
    assert spans[-1] == (6, 7)


@every
def test_latin_and_digits_stay_whole_but_for_protected_edges(name: str) -> None:
    chosen = words.segmenter(name)
    assert {"GPT", "2024"} <= set(chosen.words("用GPT在2024年"))
    assert chosen.words("用5G在", [(1, 2)])[1:3] == ["5", "G"]


@every
def test_the_same_words_in_any_order_and_thread(name: str) -> None:
    chosen = words.segmenter(name)
    alone = [chosen.spans(text) for text in TEXTS]
    jobs = [i % len(TEXTS) for i in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda i: chosen.spans(TEXTS[i]), jobs)) == [alone[i] for i in jobs]
        tagged = [tags.tag(chosen.words(text)) for text in TEXTS]
        assert list(pool.map(lambda i: tags.tag(chosen.words(TEXTS[i])), jobs)) == [tagged[i] for i in jobs]


def test_threads_that_load_at_once_get_one_segmenter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_loaded", {})
    start = threading.Barrier(4)

    def load(_: int) -> words.Segmenter:
        start.wait()
        return words.segmenter("pkuseg")

    with ThreadPoolExecutor(4) as pool:
        assert len({id(found) for found in pool.map(load, range(4))}) == 1


@every
def test_nothing_is_fetched_or_written(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(words, "_loaded", {})
    monkeypatch.setenv("PKUSEG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert words.segmenter(name).words(TEXTS[0])
    assert not list(tmp_path.iterdir())


def test_the_words_are_those_of_spacys_own_tokenizer() -> None:
    import spacy_pkuseg

    nlp = Chinese.from_config({"nlp": {"tokenizer": {"segmenter": "pkuseg"}}})
    nlp.tokenizer.pkuseg_seg = spacy_pkuseg.pkuseg(str(words.SHIPPED), user_dict=None)
    for text in TEXTS[:3]:
        assert [token.text for token in nlp(text)] == words.segmenter("pkuseg").words(text)


def test_numbers_and_names_of_a_clause() -> None:
    text = "华岭精密出口额同比增长8.7%"
    assert words.segmenter().words(text, [(0, 4), (11, 15)]) == ["华岭精密", "出口额", "同比", "增长", "8.7%"]
    assert words.segmenter("char").words("增长8.7%", [(2, 6)]) == ["增", "长", "8.7%"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("word2vec", "choose lexicon, pkuseg"),
        ("pkuseg:", "choose lexicon, pkuseg"),
        ("pkuseg:spacy_ontonotes", "downloads none by itself"),
        ("pkuseg:/nowhere/at all", "downloads none by itself"),
        ("pkuseg:{empty}", "no features.msgpack"),
        ("pkuseg:{broken}", "not a pkuseg model"),
    ],
)
def test_errors_say_what_to_do(name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKUSEG_HOME", str(tmp_path / "home"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    for file in words.MODEL_FILES:
        (tmp_path / "broken" / file).write_bytes(b"PK\x03\x04 no model")
    with pytest.raises(InputError, match=says):
        words.segmenter(name.format(empty=tmp_path / "empty", broken=tmp_path / "broken"))


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    srsly.write_msgpack(tmp_path / "features.msgpack", srsly.read_msgpack(words.SHIPPED / "features.msgpack"))
    np.savez(tmp_path / "weights.npz", sizes=np.array([5, 7]), w=np.zeros(5))
    with pytest.raises(InputError, match="does not fit"):
        words.segmenter(f"pkuseg:{tmp_path}")


def test_a_pickled_model_is_refused_unread(tmp_path: Path) -> None:
    for file in ("features.pkl", "weights.npz"):
        (tmp_path / file).write_bytes(b"")
    with pytest.raises(InputError, match=re.escape("no features.msgpack")):
        words.segmenter(f"pkuseg:{tmp_path}")


def test_official_models_are_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PKUSEG_HOME", str(tmp_path))
    (tmp_path / "spacy_ontonotes_test").mkdir()
    for file in words.MODEL_FILES:
        (tmp_path / "spacy_ontonotes_test" / file).write_bytes((words.SHIPPED / file).read_bytes())
    found = words.segmenter("pkuseg:spacy_ontonotes_test")
    assert found.digest == words.segmenter("pkuseg").digest != words.digest()
    assert found.words(TEXTS[0]) == words.segmenter("pkuseg").words(TEXTS[0])


def test_jieba_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_loaded", {})
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(InputError, match=r'pip install "zhfacts\[jieba\]"'):
        words.segmenter("jieba")


def test_tags_of_a_clause() -> None:
    found = tags.tag(["我国", "出口额", " ", "同比", "增长", "8.7%", "，"])
    assert found[2] == "SPACE"
    assert found[1] == "NOUN"
    assert found[4:] == ["VERB", "NUM", "PUNCT"]
    assert tags.tag([]) == []
    assert tags.tag(["\n", ""]) == ["SPACE", "SPACE"]


def test_the_model_files_are_those_of_the_card() -> None:
    card = (words.SHIPPED / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w.]+)` \| (\d+) \| `([0-9a-f]{64})` \|$", card, re.M)
    assert {name for name, _, _ in rows} == {frequent.FILE, *words.MODEL_FILES, tags.FILE}
    for name, size, sha256 in rows:
        assert (words.SHIPPED / name).stat().st_size == int(size)
        assert words.sha256(words.SHIPPED / name) == sha256
    assert "Attribution-ShareAlike 4.0 International" in (words.SHIPPED / "LICENSE").read_text("utf-8")
    assert "Sun Junyi" in (words.SHIPPED / "LICENSE-jieba").read_text("utf-8")
