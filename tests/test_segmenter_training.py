"""What `make segmenter` learns from and how: on a treebank of our own, small enough to train in a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmenter import cutter, data, measure, tagger
from segmenter.data import Sentence
from zhfacts.link import tags, words

ROWS = (("甲公司", "PROPN"), ("出口額", "NOUN"), ("增長", "VERB"), ("。", "PUNCT"))


def conllu(articles: bool) -> str:
    lines = []
    for number in range(20):
        if articles and number % 2 == 0:
            lines.append(f"# newdoc id = {number}")
        lines.append(f"# sent_id = {number}")
        lines += [f"{i}\t{word}\t{word}\t{tag}\t_\t_\t0\troot\t_\t_" for i, (word, tag) in enumerate(ROWS, 1)]
        lines += ["1-2\t甲公司出口額\t_\t_\t_\t_\t_\t_\t_\t_", ""]
    return "\n".join(lines)


@pytest.mark.parametrize("articles", [True, False])
def test_a_treebank_is_read_in_simplified_script(articles: bool, tmp_path: Path) -> None:
    from opencc import OpenCC

    (tmp_path / "a.conllu").write_text(conllu(articles), "utf-8")
    found = data.treebank(tmp_path / "a.conllu", OpenCC("t2s").convert)
    assert len(found) == 20
    assert found[0].words == ("甲公司", "出口额", "增长", "。")
    assert found[0].tags == ("PROPN", "NOUN", "VERB", "PUNCT")
    held_out = [i for i, s in enumerate(found) if s.held_out]
    assert held_out == ([18, 19] if articles else [9, 19])


def test_a_conversion_that_changes_lengths_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.conllu").write_text(conllu(False), "utf-8")
    with pytest.raises(ValueError, match="changed the length"):
        data.treebank(tmp_path / "a.conllu", lambda text: text + "！")


def test_our_own_texts_are_those_of_the_project() -> None:
    found = data.own_texts()
    assert all(len(sentences) > 100 for sentences in found.values())
    assert "（以下简称砚桥传感）走的是一条窄路。" in "".join(found["seeds"])
    assert any("出口额" in sentence for sentence in found["terms"])


def test_sentences_in_frames_are_filled_and_tagged() -> None:
    for sentence in data.framed():
        assert len(sentence.words) == len(sentence.tags)
        assert "@" not in sentence.text
        assert set(sentence.tags) <= set(tags.tagger().names)


def test_training_twice_gives_the_same_files(tmp_path: Path) -> None:
    rows = ["甲公司 出口额 增长 。", "乙公司 产量 下降 。", "出口额 和 产量 增长 8 。", "甲公司 产量 增长 。"]
    tagged = ["PROPN NOUN VERB PUNCT"] * 2 + ["NOUN CCONJ NOUN VERB NUM PUNCT", "PROPN NOUN VERB PUNCT"]
    part = [Sentence(tuple(r.split()), tuple(t.split()), False) for r, t in zip(rows, tagged, strict=True)] * 5
    for name in ("a", "b"):
        cutter.train(part, tmp_path / name, rounds=5)
        tagger.train(part, tmp_path / name)
    for file in (*words.MODEL_FILES, tags.FILE):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    chosen = words.segmenter(f"pkuseg:{tmp_path / 'a'}")
    assert measure.word_f1(chosen.words, part) == 100
    assert measure.joint_f1(chosen.words, tags.tagger(tmp_path / "a").tag, part) == 100


def test_scores_count_whole_words() -> None:
    part = [Sentence(("出口额", "增长"), ("NOUN", "VERB"), True)]
    assert measure.word_f1(lambda text: ["出口额", "增", "长"], part) == pytest.approx(40)
    assert measure.accuracy(lambda found: ["NOUN"] * len(found), part) == 50
