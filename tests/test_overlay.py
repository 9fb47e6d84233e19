"""Rules of a user's own laid over ours: in calls, runs, workers and threads, and `zhfacts rules check`."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

import zhfacts
from conftest import Command
from handmade import digests
from zhfacts import guard, knowledge
from zhfacts.errors import RuleError
from zhfacts.link.against import wholes

UNIT = """
[[unit]]
name = "basis-point"
kind = "percentage_point"
words = ["个基点"]
unit = "pp"
factor = "0.01"
"""
CORPUS = """
[[example]]
text = "远岚银行利率下调25个基点。"
match = "25个基点"
value = 0.25
kind = "percentage_point"
change = "down"

[[nothing]]
text = "个基点"
"""
HEDGE = '[[before]]\nname = "shading"\nbound = "~"\nwords = ["差不离"]\n'
TEXT = "远岚银行利率下调25个基点。"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """An overlay with a unit of its own and examples of it."""
    folder = tmp_path / "我的规则"
    write(folder, "numbers/ratios/rules.toml", UNIT)
    write(folder, "numbers/ratios/corpus.toml", CORPUS)
    return folder


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def told(text: str, rules: Path | None = None) -> list[tuple[str, float | None, str, str]]:
    return [(f.surface, f.value, f.unit, f.bound) for f in zhfacts.extract(text, rules=rules)]


def test_a_unit_by_one_row(rules: Path) -> None:
    assert told(TEXT, rules) == [("25个基点", 0.25, "pp", "=")]
    assert zhfacts.extract(TEXT, rules=rules)[0].rule == "basis-point"


def test_a_hedge_by_one_row(rules: Path) -> None:
    write(rules, "numbers/bounds/rules.toml", HEDGE)
    assert told("利润差不离3亿元。", rules) == [("3亿元", 3e8, "CNY", "~")]
    assert told("利润差不离3亿元。") == [("3亿元", 3e8, "CNY", "=")]
    assert told("利润约3亿元。", rules) == [("3亿元", 3e8, "CNY", "~")]


def test_a_currency_by_one_row_with_a_byte_order_mark(tmp_path: Path) -> None:
    write(tmp_path, "numbers/money/currencies.csv", "\ufeff# ours\nword,code\n鹰元,USD\n\n元,HKD\n")
    assert told("利润8亿鹰元，成本3亿元。", tmp_path) == [("8亿鹰元", 8e8, "USD", "="), ("3亿元", 3e8, "HKD", "=")]
    assert told("成本3亿元。") == [("3亿元", 3e8, "CNY", "=")]


def test_calls_with_different_rules_take_turns(rules: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, "numbers/ratios/rules.toml", UNIT.replace("0.01", "0.02"))
    plain = told(TEXT)
    for _ in range(2):
        assert told(TEXT, rules) == [("25个基点", 0.25, "pp", "=")]
        assert told(TEXT, other) == [("25个基点", 0.5, "pp", "=")]
        assert told(TEXT) == plain
    write(other, "numbers/ratios/rules.toml", UNIT.replace("0.01", "0.04"))
    assert told(TEXT, other) == [("25个基点", 1.0, "pp", "=")]


def test_calls_with_different_rules_run_in_threads(rules: Path) -> None:
    asked = [rules, None] * 20
    alone = {each: told(TEXT, each) for each in (rules, None)}
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda each: told(TEXT, each), asked)) == [alone[each] for each in asked]


def test_a_title_of_one_character_finds_a_person(tmp_path: Path) -> None:
    write(tmp_path / "rules", "link/persons/rules.toml", '[[behind]]\nname = "short"\nwords = ["总"]\n')
    file = _file(tmp_path / "in", "林总表示，2023年出口额增长8.7%。")
    assert "林总" not in set(zhfacts.run(file, tmp_path / "ours").entities["name"])
    assert "林总" in set(zhfacts.run(file, tmp_path / "theirs", rules=tmp_path / "rules").entities["name"])


def _file(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "一.txt").write_text(text, encoding="utf-8")
    return folder / "一.txt"


def test_few_overlays_are_kept(tmp_path: Path) -> None:
    from zhfacts.numbers.scan import scanner

    for n in range(2 * knowledge.MOST_KEPT):
        write(tmp_path, "numbers/ratios/rules.toml", UNIT.replace("0.01", f"0.{n + 1}"))
        zhfacts.extract(TEXT, rules=tmp_path)
    assert len(scanner.made) <= knowledge.MOST_KEPT + 1
    assert None in scanner.made or zhfacts.extract("8.7%")


def test_a_failure_leaves_no_overlay_behind(rules: Path) -> None:
    plain = told(TEXT)
    with pytest.raises(zhfacts.InputError):
        zhfacts.extract("\ud800", rules=rules)
    assert told(TEXT) == plain
    assert knowledge.overlay_digest() is None


def test_rows_replace_add_and_take(tmp_path: Path) -> None:
    from zhfacts.numbers.bounds import Hedge

    ours = {row.name: row for row in knowledge.rows("numbers/bounds", "before", Hedge)}
    first, second = list(ours.values())[:2]
    word, kept = second.words[0], second.words[1:]
    path = "numbers/bounds/rules.toml"
    rows = f'[[before]]\nname = "{first.name}"\nbound = "<"\nwords = ["顶多也就"]\n'
    write(tmp_path, path, rows + f'[[before]]\nname = "mine"\nbound = ">"\nwords = ["{word}"]\n')
    with knowledge.using(knowledge.overlay(tmp_path)):
        laid = knowledge.rows("numbers/bounds", "before", Hedge)
    assert [row.name for row in laid] == ["mine", *ours]
    found = {row.name: row for row in laid}
    assert (found[first.name].bound, found[first.name].words) == ("<", ("顶多也就",))
    assert found["mine"].words == (word,)
    assert found[second.name].words == kept


def test_words_leave_with_what_is_paired_with_them(tmp_path: Path) -> None:
    from zhfacts.numbers.money import SymbolRow

    write(tmp_path, "numbers/money/rules.toml", '[[symbol]]\nname = "mine"\nwords = ["$"]\ncodes = ["CAD"]\n')
    with knowledge.using(knowledge.overlay(tmp_path)):
        rows = knowledge.rows("numbers/money", "symbol", SymbolRow)
    pairs = {word: code for row in rows for word, code in zip(row.words, row.codes, strict=True)}
    assert (pairs["$"], pairs["US$"], pairs["€"]) == ("CAD", "USD", "EUR")
    assert told("总额$5亿。", tmp_path)[0][2] == "CAD"


# runs


def test_run_and_its_workers_use_the_overlay(rules: Path, tmp_path: Path, command: Command) -> None:
    docs = tmp_path / "docs"
    for n in range(3):
        write(docs, f"{n}.txt", f"{TEXT}\n" + "\n" * n)
    assert command("extract", docs, "--out", tmp_path / "1", "--rules", rules).code == 0
    assert command("extract", docs, "--out", tmp_path / "2", "--rules", rules, "--jobs", 2).code == 0
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
    run = zhfacts.load(tmp_path / "2")
    assert run.facts["rule"].tolist() == ["basis-point"] * 3
    overlay = run.info["digests"]["overlay"]
    assert re.fullmatch("[0-9a-f]{64}", overlay)
    assert run.info["digests"]["rules"] == knowledge.digest()
    assert run.info["settings"]["overlay"] == rules.as_posix()
    plain = zhfacts.run(docs, tmp_path / "3")
    assert plain.info["digests"] == {**run.info["digests"], "overlay": None}
    assert "basis-point" not in plain.facts["rule"].tolist()
    json.dumps(plain.info)


def test_the_digest_is_that_of_the_rows_alone(rules: Path) -> None:
    before = knowledge.overlay(rules).digest
    write(rules, "README.md", "ours")
    write(rules, "numbers/ratios/corpus.toml", "")
    assert knowledge.overlay(rules).digest == before
    write(rules, "numbers/ratios/rules.toml", UNIT + "# more\n")
    assert knowledge.overlay(rules).digest != before


def test_a_broken_overlay_stops_a_run_before_it_touches_the_output(documents: Path, tmp_path: Path) -> None:
    write(tmp_path / "rules", "numbers/ratios/rules.toml", UNIT.replace("factor", "facter"))
    with pytest.raises(RuleError, match=r"rules\.toml:7: unknown key 'facter'.*did you mean 'factor'"):
        zhfacts.run(documents, tmp_path / "out", rules=tmp_path / "rules")
    assert not (tmp_path / "out").exists()


def test_explain_by_the_overlay(rules: Path, command: Command) -> None:
    assert "basis-point" in command("explain", TEXT, "--rules", rules).out
    assert "basis-point" not in command("explain", TEXT).out


# zhfacts rules check


def test_check_says_what_holds(rules: Path, command: Command) -> None:
    write(rules, "numbers/bounds/rules.toml", HEDGE)
    ended = command("rules", "check", rules)
    assert ended.code == 0, ended.out
    assert "numbers/ratios: [[unit]] basis-point: new" in ended.out
    assert "numbers/ratios: 2 example(s) come out as they say" in ended.out
    assert "note: numbers/bounds: no corpus.toml" in ended.out
    assert "all holds" in ended.out
    assert ended.err == ""


def test_check_says_what_an_overlay_takes_and_changes(tmp_path: Path, command: Command) -> None:
    write(tmp_path, "numbers/money/currencies.csv", "word,code\n元,HKD\n")
    write(tmp_path, "numbers/ratios/rules.toml", UNIT.replace("basis-point", "percent"))
    out = command("rules", "check", tmp_path).out
    assert "currencies.csv: 1 row(s), in place of ours for 元" in out
    assert "[[unit]] percent: replaces ours; no longer known: %" in out
    assert "now comes out otherwise" in out


def faulty() -> Iterator[tuple[str, str, str]]:
    rules, corpus = "numbers/ratios/rules.toml", "numbers/ratios/corpus.toml"
    yield "numbers/ratio/rules.toml", UNIT, "did you mean 'numbers/ratios/rules.toml'"
    yield "numbers/money/currency.csv", "word,code\n鹰元,USD\n", "did you mean 'numbers/money/currencies.csv'"
    yield rules, UNIT.replace("unit]]", "unti]]"), f"{rules}:2: unknown table [[unti]]: did you mean 'unit'"
    yield rules, 'name = "x"\n' + UNIT, f"{rules}:1: unknown table [[name]]"
    yield rules, UNIT.replace("factor =", "facter ="), f"{rules}:7: unknown key 'facter'"
    yield rules, UNIT.replace("percentage_point", "points"), f"{rules}:4: kind = 'points' is none of percent,"
    yield rules, UNIT.replace('"0.01"', '"1%"'), f"{rules}:7: factor = '1%' is no number"
    yield rules, UNIT + 'unless = "(["\n', f"{rules}:8: broken pattern"
    yield rules, UNIT + UNIT, f"{rules}:10: name 'basis-point' stands twice"
    yield rules, UNIT + "unit\n", f"{rules}:8: not valid TOML"
    yield rules, UNIT.replace("个基点", "個基點"), f"{rules}:5: '個基點' would never match"
    yield "numbers/bounds/rules.toml", HEDGE.replace('"~"', '"≈"'), "rules.toml:3: bound = '≈' is none of ="
    yield "numbers/money/currencies.csv", "word;code\n鹰元;USD\n", "currencies.csv:1: the header must be word,code"
    yield "numbers/money/currencies.csv", "# a\nword,code\n鹰元\n", "currencies.csv:3: 1 cells"
    yield "numbers/money/currencies.csv", "word,code\n鹰元,USD\n鹰元,HKD\n", "currencies.csv:3: '鹰元' stands twice"
    yield (
        "numbers/money/rules.toml",
        '[[symbol]]\nname = "a"\nwords = ["@", "&"]\ncodes = ["CAD"]\n',
        "rules.toml:4: 1 codes for 2 words",
    )
    yield "numbers/digits/rules.toml", '[[digit]]\nname = "a"\nwords = ["甲"]\nvalues = ["x"]\n', "cannot be used by"
    yield corpus, CORPUS.replace("0.25", "25"), f"{corpus}:2: '{TEXT}': value: '0.25', not '25'"
    yield corpus, CORPUS.replace("match", "mach"), f"{corpus}:2: unknown key 'mach'"
    yield corpus, CORPUS.replace('match = "25个基点"', ""), f"{corpus}:2: [[example]] needs 'text' and 'match' or"
    yield corpus, CORPUS.replace("nothing", "none"), f"{corpus}:9: unknown table [[none]]: known tables: example"
    yield corpus, CORPUS.replace('text = "个基点"', f'text = "{TEXT}"'), f"{corpus}:9: '{TEXT}': found 25个基点"


@pytest.mark.parametrize(("name", "text", "says"), list(faulty()))
def test_check_names_file_line_and_mend(rules: Path, command: Command, name: str, text: str, says: str) -> None:
    write(rules, name, text)
    ended = command("rules", "check", rules)
    assert ended.code == 2
    assert says in ended.out + ended.err
    assert ended.err.startswith("zhfacts: ")
    assert ended.err.count("\n") == 1


def test_check_names_faults_of_several_modules_at_once(rules: Path, command: Command) -> None:
    write(rules, "numbers/bounds/rules.toml", HEDGE.replace("bound", "buond"))
    write(rules, "link/subjects/rules.toml", '[[weight]]\nname = "clause"\nvolue = "1"\n')
    out = command("rules", "check", rules).out
    assert "'buond'" in out
    assert "'volue'" in out


@pytest.mark.parametrize("command_line", [["rules", "check"], ["explain", TEXT, "--rules"]])
def test_a_folder_without_rules(command_line: list[str], tmp_path: Path, command: Command) -> None:
    for folder, says in ((tmp_path / "no", "no such folder"), (tmp_path, "no rules in it")):
        ended = command(*command_line, folder)
        assert ended.code == 2
        assert says in ended.err
        assert "laid out as rules/" in ended.err or "lay it out as rules/" in ended.err


def test_rules_check_has_help_with_an_example(command: Command) -> None:
    assert "Example: zhfacts rules check" in command("rules", "--help").out
    assert "Example: zhfacts rules check" in command("rules", "check", "--help").out
    assert "rules" in command("--help").out


def test_the_shipped_rules_hold_as_an_overlay_of_themselves() -> None:
    from zhfacts import corpora

    report = corpora.check(knowledge.rules_dir())
    assert [fault for fault in report.faults if "corpus.toml" not in fault] == []


def test_what_is_made_of_rules_is_built_by_knowledge() -> None:
    """functools.cache would keep what the first overlay gave: stages use @knowledge.built."""
    package = Path(zhfacts.__file__).parent
    for floor in ("numbers", "link", "layout"):
        for path in (package / floor).glob("*.py"):
            assert not re.search(r"^\s*@(?:functools\.)?cache\b", path.read_text("utf-8"), re.MULTILINE), path


def test_the_worked_example_of_the_readme_holds(tmp_path: Path, command: Command) -> None:
    """Every block of rules/README.md is written to the file that its first line names, then checked."""
    text = (knowledge.rules_dir() / "README.md").read_text("utf-8")
    blocks = re.findall(r"```(?:toml|csv)\n# my-rules/(\S+)\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 3
    for name, block in blocks:
        write(tmp_path, name, block)
    ended = command("rules", "check", tmp_path)
    assert ended.code == 0, ended.out + ended.err
    assert "wrong" not in ended.out


SLOW = """
[[unit]]
name = "endless"
kind = "quantity"
words = ["啵"]
unless = "(?:乐|乐乐|乐)+$"
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_pattern_without_end_costs_one_document(tmp_path: Path, command: Command, jobs: int) -> None:
    write(tmp_path, "slow/numbers/counts/rules.toml", SLOW)
    write(tmp_path, "texts/a.txt", "远岚集团买了3啵" + "乐" * 5000 + "哭。")
    write(tmp_path, "texts/b.txt", TEXT)
    out = tmp_path / "out"
    ended = command(
        "extract", tmp_path / "texts", "--rules", tmp_path / "slow", "--out", out, "--cpu-limit", "3", "--jobs", jobs
    )
    assert ended.code == 1
    run = zhfacts.load(out)
    assert run.info["reproducible"] is False
    (reject,) = run.rejects.itertuples()
    assert (reject.source, reject.stage, reject.reason) == ("a.txt", "flow", "too_slow")
    assert pd.isna(reject.doc_id)
    assert "--cpu-limit" in reject.detail
    assert "--rules" in reject.detail
    assert list(run.documents["source"]) == ["b.txt"]
    assert "another run may give other tables" in ended.err


def test_a_run_that_no_clock_decided_says_so(tmp_path: Path) -> None:
    write(tmp_path, "texts/b.txt", TEXT)
    assert zhfacts.run(tmp_path / "texts", tmp_path / "out").info["reproducible"] is True


def test_the_guard_leaves_threads_and_other_users_of_its_signal_alone() -> None:
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(lambda: list(guarded())).result() == [None]
    mine = signal.signal(signal.SIGPROF, print)
    try:
        list(guarded())
        assert signal.getsignal(signal.SIGPROF) is print
    finally:
        signal.signal(signal.SIGPROF, mine)


def guarded() -> Iterator[object]:
    """A moment of work under a limit that it breaks, where there is a guard."""
    with guard.cpu_time(1, 0.001):
        deadline = time.process_time() + 0.05
        while time.process_time() < deadline:
            pass
        yield None


def test_the_guard_is_gone_after_its_document() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(guard.TooSlow):
        list(guarded())
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    assert signal.getsignal(signal.SIGPROF) == before


def test_words_of_a_basis_are_a_users_own_too(tmp_path: Path) -> None:
    """A word that stands alone (按年), one behind 较, and ours put out of use."""
    text = "出口额按年增长5%。进口额较上个航季增长3%。产量同比增长2%。"
    spoken = '[[spoken]]\nname = "yoy"\nbasis = "yoy"\nwords = ["按年"]\n'
    season = '[[basis]]\nname = "season"\nbasis = "pop"\nwords = ["上个航季"]\n'
    write(tmp_path, "link/change/rules.toml", spoken + season)
    assert [f.basis for f in zhfacts.extract(text, rules=tmp_path)][:2] == ["yoy", "pop"]
    assert zhfacts.extract(text, rules=tmp_path)[2].basis is None
    assert zhfacts.extract(text)[2].basis == "yoy"


def test_a_traditional_character_is_read_as_one(tmp_path: Path) -> None:
    write(tmp_path, "layout/normalise/traditional.csv", "word,value\n囍,双喜\n")
    with pytest.raises(RuleError, match="囍"):
        zhfacts.extract(TEXT, rules=tmp_path)


def test_words_of_wholes_are_a_users_own_too(tmp_path: Path) -> None:
    write(tmp_path, "link/ranker/wholes.csv", "word,sorts\n据,joins\n据点,apart\n")
    assert wholes().trimmed("据全国", (0, 3)) == (0, 3)
    with knowledge.using(knowledge.overlay(tmp_path)):
        assert wholes().trimmed("据全国", (0, 3)) == (1, 3)
        assert wholes().trimmed("据点面积", (0, 4)) == (0, 4)
        assert wholes().trimmed("占营收", (0, 3)) == (1, 3)
