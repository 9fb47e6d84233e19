"""The closed list of reasons: every one that the code gives is in it, and docs/rejects.md explains each."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from zhfacts.inputs.base import REASONS as READING
from zhfacts.reasons import REASONS
from zhfacts.records import TOO_SLOW
from zhfacts.tables.write import HARMLESS

ROOT = Path(__file__).parent.parent
GIVING = {"Reject", "RefusedError", "reject", "Bad", "_fault", "why", "no_column"}
"""Calls and functions whose words are reasons or stages."""
WORD = re.compile(r"[a-z]+(_[a-z]+)*")


def sections() -> dict[str, str]:
    text = (ROOT / "docs" / "rejects.md").read_text("utf-8")
    return dict(re.findall(r"^## (\w+)\n\n(.*?)(?=^## |\Z)", text, re.M | re.S))


def given() -> set[str]:
    """Words that the code gives as reasons: arguments of such calls, first words of what such functions return."""
    found = set()
    for path in (ROOT / "pipeline" / "zhfacts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GIVING:
                told = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "reason")]
                told += [one for each in told if isinstance(each, ast.Tuple) for one in each.elts]
                found |= {one.value for one in told if isinstance(one, ast.Constant)}
            elif isinstance(node, ast.FunctionDef) and node.name in GIVING:
                returns = [one.value for one in ast.walk(node) if isinstance(one, ast.Return)]
                firsts = [one.elts[0] for one in returns if isinstance(one, ast.Tuple)]
                found |= {one.value for one in firsts if isinstance(one, ast.Constant)}
    return {word for word in found if isinstance(word, str) and WORD.fullmatch(word)}


def test_every_reason_that_the_code_gives_is_of_the_list() -> None:
    stages = {reason.stage for reason in REASONS.values()}
    assert given() - set(REASONS) - stages == set()
    assert len(given() & set(REASONS)) > 15  # the search finds what it should
    assert {*READING, *HARMLESS, TOO_SLOW} <= set(REASONS)


def test_each_is_explained_with_an_example_and_what_to_do() -> None:
    explained = sections()
    assert list(explained) == list(REASONS)
    for name, reason in REASONS.items():
        assert f"Stage: {reason.stage}. Example: " in explained[name]
        assert f"What to do: {reason.todo}" in explained[name]
