"""Every corpus, every row: examples come out as they say, and no row is there that no example needs."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from zhfacts import knowledge
from zhfacts.corpora import faults, shape_fault
from zhfacts.documents import ROLES
from zhfacts.errors import RuleError
from zhfacts.layout.normalise import normalise
from zhfacts.layout.roles import roles


def examples_of(module: str) -> ItemsView[str, list[dict[str, Any]]]:
    return knowledge.load(knowledge.corpora()[module]).items()


def examples() -> Iterator[Any]:
    for module, file in knowledge.corpora().items():
        for table, rows in knowledge.load(file).items():
            for n, row in enumerate(rows):
                yield pytest.param(module, table, row, id=f"{module}-{table}-{n}")


@pytest.mark.parametrize(("module", "table", "row"), list(examples()))
def test_example(module: str, table: str, row: dict[str, Any]) -> None:
    assert shape_fault(module, table, row) is None
    assert faults(module, table, row) == []


def all_rows() -> Iterator[Any]:
    for module in knowledge.modules():
        for table in sorted(knowledge.tables(module)):
            for row in knowledge.shipped(module)[table]:
                yield pytest.param(module, table, row["name"], id=f"{module}-{table}-{row['name']}")


@pytest.mark.parametrize(("module", "table", "name"), list(all_rows()))
def test_row_is_needed(module: str, table: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the row some example of its corpus fails: a row that no example fires has no place here."""
    real = knowledge.rows

    def without(m: str, t: str, row: type[Any]) -> tuple[Any, ...]:
        found = real(m, t, row)
        return tuple(r for r in found if r.name != name) if (m, t) == (module, table) else found

    monkeypatch.setattr(knowledge, "rows", without)
    knowledge.forget()
    try:
        assert any(_fails(module, t, row) for t, rows in examples_of(module) for row in rows)
    finally:
        monkeypatch.undo()
        knowledge.forget()


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
            for row in knowledge.shipped(module)[table]:
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
