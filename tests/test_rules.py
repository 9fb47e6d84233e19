"""Every corpus, every row: examples come out as they say, and no row is there that no example needs."""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zhfacts import flow, knowledge
from zhfacts.errors import RuleError
from zhfacts.layout.normalise import normalise
from zhfacts.layout.roles import roles
from zhfacts.link.mentions import mentions
from zhfacts.records import ROLES, Fact

BUILT = {
    "numbers": ["digits.digits", "times.times", "bounds.bounds", "scan.scanner"],
    "layout": ["normalise.characters", "roles.roles"],
    "link": [
        "mentions.mentions",
        "change.changes",
        "attributes.attributes",
        "context.context",
        "subjects.subjects",
    ],
}
KEYS = {
    "example": {"text", "match", "rule", "value", "low", "high", "kind", "bound", "currency", "per_unit", "when"}
    | {"count", "vague", "change", "comparison", "basis", "subject", "attribute", "published", "date", "period"}
    | {"mentions"},
    "nothing": {"text", "rule"},
    "line": {"text", "role", "rule"},
}


def corpora() -> list[str]:
    return sorted(
        p.parent.relative_to(knowledge.rules_dir()).as_posix() for p in knowledge.rules_dir().rglob("corpus.toml")
    )


def corpus(module: str) -> dict[str, list[dict[str, Any]]]:
    with (knowledge.rules_dir() / module / "corpus.toml").open("rb") as file:
        return tomllib.load(file)


def examples() -> Iterator[Any]:
    for module in corpora():
        for table, rows in corpus(module).items():
            for n, row in enumerate(rows):
                yield pytest.param(module, table, row, id=f"{module}-{table}-{n}")


def facts_of(row: dict[str, Any]) -> list[Fact]:
    published = row.get("published")
    # A date in the text must be read from the text; `date` and `period` say what comes of it.
    settings = flow.Settings(date.fromisoformat(published) if published and published[:4] not in row["text"] else None)
    return list(flow.extract_text(row["text"], settings).facts)


def period(fact: Fact) -> str:
    return f"{fact.period_start}/{fact.period_end}" if fact.period_start else ""


def number(value: float | None) -> str | None:
    return None if value is None else f"{value:.15g}" if abs(value) < 1e15 else str(int(value))


def faults(module: str, table: str, row: dict[str, Any]) -> list[str]:
    """What is wrong with an example; empty where all is as it says."""
    if table == "line":
        found = roles().of_line(row["text"])
        return [f"role {found}"] if (found.role, found.rule) != (row["role"], row.get("rule", "")) else []
    if module == "layout/normalise":
        return [f"read as {normalise(row['text'])[0]}"] if normalise(row["text"])[0] != row["match"] else []
    if module == "link/mentions":
        found = [row["text"][m.start : m.end] for m in mentions().find(row["text"], {})]
        return [f"mentions {found}"] if found != row["mentions"] else []
    facts = facts_of(row)
    if table == "nothing":
        return [f"found {f.surface} ({f.rule})" for f in facts]
    if "published" in row and "match" not in row:
        document = flow.extract_text(row["text"], flow.Settings()).document
        assert document
        return [f"published {document.published}"] if str(document.published) != row["published"] else []
    return _fact_faults(row, facts)


def _fact_faults(row: dict[str, Any], facts: list[Fact]) -> list[str]:
    matching = [f for f in facts if f.surface == row["match"]]
    if not matching:
        return [f"found {[f.surface for f in facts]}"]
    fact = matching[-1]
    got = {
        "value": number(fact.value),
        "low": number(fact.low),
        "high": number(fact.high),
        "kind": fact.kind,
        "bound": fact.bound,
        "currency": fact.currency,
        "per_unit": fact.per_unit,
        "when": fact.when,
        "date": fact.when,
        "change": fact.change,
        "comparison": fact.comparison,
        "basis": fact.basis,
        "subject": fact.subject,
        "attribute": fact.attribute,
        "period": period(fact),
        "vague": fact.value is None and fact.low is None and fact.when is None,
    }
    wrong = [f"{k}: {got[k]!r}, not {row[k]!r}" for k in row if k in got and got[k] != row[k]]
    always = (
        {"change": None} if row.get("match") and "change" not in row and "comparison" not in row and _links(row) else {}
    )
    wrong += [f"{k}: {got[k]!r}, not None" for k in always if got[k] is not None]
    if "count" in row and len(facts) != row["count"]:
        wrong.append(f"{len(facts)} facts, not {row['count']}")
    return wrong


def _links(row: dict[str, Any]) -> bool:
    return row["text"].endswith("。") and not (
        {"subject", "attribute", "period", "date", "published", "rule"} & row.keys()
    )


@pytest.mark.parametrize(("module", "table", "row"), list(examples()))
def test_example(module: str, table: str, row: dict[str, Any]) -> None:
    assert row.keys() <= KEYS[table], "unknown key in the corpus"
    assert faults(module, table, row) == []


def all_rows() -> Iterator[Any]:
    for module in knowledge.modules():
        for table in sorted(knowledge.tables(module)):
            with (knowledge.rules_dir() / module / "rules.toml").open("rb") as file:
                for row in tomllib.load(file)[table]:
                    yield pytest.param(module, table, row["name"], id=f"{module}-{table}-{row['name']}")


def clear(floor: str) -> None:
    for name in BUILT[floor]:
        home, _, function = name.partition(".")
        getattr(importlib.import_module(f"zhfacts.{floor}.{home}"), function).cache_clear()


def clear_all() -> None:
    for floor in BUILT:
        clear(floor)


@pytest.mark.parametrize(("module", "table", "name"), list(all_rows()))
def test_row_is_needed(module: str, table: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the row some example of its corpus fails: a row that no example fires has no place here."""
    real = knowledge.rows

    def without(m: str, t: str, row: type[Any]) -> tuple[Any, ...]:
        found = real(m, t, row)
        return tuple(r for r in found if r.name != name) if (m, t) == (module, table) else found

    monkeypatch.setattr(knowledge, "rows", without)
    clear_all()
    try:
        assert any(_fails(module, t, row) for t, rows in corpus(module).items() for row in rows)
    finally:
        monkeypatch.undo()
        clear_all()


def _fails(module: str, table: str, row: dict[str, Any]) -> bool:
    try:
        return bool(faults(module, table, row))
    except (KeyError, IndexError, ValueError):  # a row that its module cannot do without
        return True


def test_words_are_in_normal_form() -> None:
    """A word that is not as text is read (full-width, traditional) would never match."""
    for module in knowledge.modules():
        if module == "layout/normalise":
            continue
        for table in knowledge.tables(module):
            with (knowledge.rules_dir() / module / "rules.toml").open("rb") as file:
                for row in tomllib.load(file)[table]:
                    for word in row.get("words", []):
                        assert normalise(word)[0] == word.strip(), f"{module} {row['name']}: {word!r}"


def test_roles_are_of_the_contract() -> None:
    assert {row.role for row in roles().rows} <= set(ROLES)


BAD = [
    ('[[unit]]\nname = "a"\nwrods = ["%"]\n', 3, "did you mean 'words'"),
    ('[[unit]]\nname = "a"\n', 1, "lacks 'words'"),
    ('[[unit]]\nname = "a"\nwords = "%"\n', 3, "must be a list of words"),
    ('[[unit]]\nname = "a"\nwords = ["%"]\n\n[[unit]]\nname = "a"\nwords = ["‰"]\n', 6, "stands twice"),
    ('[[unit]]\nname = "a"\nwords = ["%"]\nunless = "(["\n', 4, "broken pattern"),
    ('[[unit]]\nname = "a\nwords = ["%"]\n', None, "not valid TOML"),
]


@pytest.mark.parametrize(("text", "line", "says"), BAD)
def test_bad_rows_are_refused_with_place_and_mend(tmp_path: Path, text: str, line: int | None, says: str) -> None:
    from zhfacts.numbers.bounds import Hedge
    from zhfacts.numbers.ratios import UnitRow

    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    assert {f.name for f in fields(Hedge)}
    with pytest.raises(RuleError) as caught:
        knowledge.parse(path, "unit", _unit(UnitRow))
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    if line:
        assert f"{path}:{line}" in str(caught.value)


def _unit(row: type[Any]) -> type[Any]:
    """The real row class with fewer columns that must be there."""
    from dataclasses import dataclass

    import regex

    @dataclass(frozen=True)
    class Small:
        name: str
        words: tuple[str, ...]
        unless: regex.Pattern[str] | None = None

    Small.__annotations__ = {"name": str, "words": tuple[str, ...], "unless": regex.Pattern[str] | None}
    return Small
