"""Roles of lines against hand annotation of real documents: line numbers and roles only, never their words."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from zhfacts import flow
from zhfacts.documents import Role
from zhfacts.records import Result

ROOT = Path(__file__).parent.parent
SAMPLES = sorted((ROOT / "seeds").glob("*.txt"))
OUTSIDE = ROOT.parent / "shared" / "seeds"
"""Real documents, kept outside the repository."""
REAL = sorted(OUTSIDE.glob("*.txt"))
ANNOTATED = sorted((ROOT / "tests" / "gold").glob("roles_*.tsv"))
ROLES = frozenset(get_args(Role))
SILENT = frozenset({"contact", "bibliography", "contents"})
"""Roles whose lines state no fact."""
FLOORS = {"roles_004": 0.99, "roles_001_0001_1260": 0.99}
"""Accuracy that must not fall."""

needs_real = pytest.mark.skipif(not REAL, reason=f"the real documents are not on this machine ({OUTSIDE})")


@cache
def result(path: Path) -> Result:
    return flow.extract_file(path.name, path, flow.Settings())


def roles_of(path: Path) -> dict[int, str]:
    """The role of every line that is not blank, by line number."""
    document = result(path).document
    assert document is not None, f"{path} could not be read"
    return {line.number: line.role for line in document.lines if line.text.strip()}


def annotation(path: Path) -> dict[int, frozenset[str]]:
    """Line number to the roles that count as right: two where a reader may doubt (contact|advert)."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {int(number): frozenset(roles.split("|")) for number, roles in rows}


def annotated_document(path: Path) -> Path:
    """The document of an annotation: roles_004.tsv is that of 004_….txt."""
    number = path.stem.split("_")[1]
    found = sorted(OUTSIDE.glob(f"{number}_*.txt"))
    if not found:
        pytest.skip(f"the document {number}_*.txt is not on this machine ({OUTSIDE})")
    return found[0]


def confusion(pairs: Counter[tuple[str, str]]) -> str:
    """Rows as annotated, columns as zhfacts has them."""
    names = sorted({name for pair in pairs for name in pair})
    wide = max(map(len, names)) + 1
    rows = [" " * wide + "".join(f"{n[:9]:>10}" for n in names)]
    rows += [f"{want:<{wide}}" + "".join(f"{pairs[want, got] or '.':>10}" for got in names) for want in names]
    return "\n".join(rows)


@pytest.mark.parametrize("path", ANNOTATED, ids=lambda p: p.stem)
def test_roles_as_a_reader_sees_them(path: Path) -> None:
    wanted = annotation(path)
    found = roles_of(annotated_document(path))
    pairs = Counter((found[n] if found[n] in w else "|".join(sorted(w)), found[n]) for n, w in wanted.items())
    wrong = [(n, found[n], "|".join(sorted(w))) for n, w in wanted.items() if found[n] not in w]
    accuracy = 1 - len(wrong) / len(wanted)
    listed = "\n".join(f"{n}\t{got}\t{want}" for n, got, want in wrong)
    assert accuracy >= FLOORS[path.stem], f"{accuracy:.4f}\n{confusion(pairs)}\nline, ours, annotated:\n{listed}"


@pytest.mark.parametrize("path", ANNOTATED, ids=lambda p: p.stem)
def test_the_annotation_is_whole(path: Path) -> None:
    """Every line up to the last annotated one that is not blank has its role, and only roles of the contract."""
    wanted = annotation(path)
    assert frozenset().union(*wanted.values()) <= ROLES
    found = roles_of(annotated_document(path))
    assert sorted(wanted) == [n for n in sorted(found) if n <= max(wanted)]


@needs_real
@pytest.mark.parametrize("path", REAL, ids=lambda p: p.stem[:3])
def test_no_fact_stands_on_a_contact_reference_or_contents_line(path: Path) -> None:
    roles = roles_of(path)
    assert not [
        (f.line_start, roles[f.line_start], f.kind) for f in result(path).facts if roles[f.line_start] in SILENT
    ]


@pytest.mark.parametrize("path", ANNOTATED, ids=lambda p: p.stem)
def test_no_fact_stands_where_a_reader_sees_none(path: Path) -> None:
    """The same by the annotation: what we take for text may be a contact or contents line all the same."""
    wanted = annotation(path)
    facts = result(annotated_document(path)).facts
    assert not [(f.line_start, f.kind) for f in facts if wanted.get(f.line_start, ROLES) <= SILENT]


@pytest.mark.parametrize("path", [*REAL, *SAMPLES], ids=lambda p: p.stem[:3])
def test_every_line_has_a_role_of_the_contract(path: Path) -> None:
    document = result(path).document
    assert document is not None
    assert {line.role for line in document.lines} <= ROLES
