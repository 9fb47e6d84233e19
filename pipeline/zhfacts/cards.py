"""A fact in one line, and facts and runs as small cards for a notebook.

Example: `headline(row)` is 远岚集团 · 营业收入: 8.7% (percent, up, yoy). Words of documents are escaped in cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from zhfacts.plain import visible

Row = Mapping[str, Any]
"""A fact by column, as a table or a DataFrame has it."""
SHOWN: Final = ("surface", "subject", "attribute", "period_start", "period_end", "modality", "link_score", "rule")
"""Columns of a fact's card, below its headline and its sentence."""
STYLE: Final = "text-align:left;padding:0 1em 0 0"


def headline(row: Row) -> str:
    """A fact in one line: who, what, how much, which way: 远岚集团 · 营业收入: 8.7% (percent, up, yoy)."""
    said = [str(row[name]) for name in ("subject", "attribute") if is_there(row[name])]
    about = [str(row[name]) for name in ("kind", "change", "basis") if is_there(row[name])]
    return f"{' · '.join(said) or '(no subject)'}: {amount(row)} ({', '.join(about)})"


def amount(row: Row) -> str:
    """Bound, value or range, and unit as people write them: >=5,784,000,000 CNY."""
    bound = "" if row["bound"] == "=" else row["bound"]
    if is_there(row["low"]):
        figure = f"{plain(row['low'])}..{plain(row['high'])}"
    elif is_there(row["value"]):
        figure = plain(row["value"])
    else:
        figure = str(row["when"]) if is_there(row["when"]) else "some"
    unit = "" if row["kind"] in {"year", "date"} else row["unit"]
    return f"{bound}{figure}{'' if unit in {'', '%'} else ' '}{unit}"


def plain(value: float) -> str:
    """A number without a needless .0; years are not grouped."""
    text = repr(float(value)) if abs(value) < 1e16 else f"{value:g}"
    text = text.removesuffix(".0")
    return f"{int(text):,}" if text.lstrip("-").isdigit() and abs(value) >= 10_000 else text


def is_there(value: object) -> bool:
    """Whether a cell of a DataFrame holds something; None, NaN, NaT and <NA> are nothing."""
    return isinstance(value, str) or str(value) not in {"nan", "NaT", "<NA>", "None"}


def fact_card(row: Row) -> str:
    """A fact as HTML: its headline, its sentence with the number marked, and what links and rules gave."""
    place = f"{row['source'] or 'text'}:{row['line_start']}"
    rows = [(name, str(row[name])) for name in SHOWN if is_there(row[name])]
    return (
        f"<div><b>{_html(headline(row))}</b> <small>{_html(place)} · {_html(row['fact_id'])}</small>"
        f"<blockquote>{_marked(row['quote'], row['surface'])}</blockquote>{_table(rows)}</div>"
    )


def run_card(out: str, info: Row) -> str:
    """A run as HTML: where its tables lie, what was found, and what was not accepted."""
    counts = info["counts"]
    facts, rejects = counts["facts"], counts["rejects"]
    rows = [("documents", f"{counts['documents']:,}"), ("facts", f"{sum(facts.values()):,}")]
    rows += [(f"\u2003{name}", f"{number:,}") for name, number in facts.items()]
    rows += [("rejects", f"{sum(rejects.values()):,}")]
    rows += [(f"\u2003{name}", f"{number:,}") for name, number in rejects.items()]
    tables = ", ".join(f"<code>.{name}</code>" for name in info["tables"])
    head = f"<b>Run</b> in {_html(out)} <small>zhfacts {_html(info['version'])}</small>"
    return f"<div>{head}{_table(rows)}<small>DataFrames: {tables}</small></div>"


def _table(rows: list[tuple[str, str]]) -> str:
    lines = (f'<tr><th style="{STYLE}">{_html(a)}</th><td style="{STYLE}">{_html(b)}</td></tr>' for a, b in rows)
    return f"<table>{''.join(lines)}</table>"


def _marked(quote: str, surface: str) -> str:
    """A sentence with the number marked, where it stands there as in the document or without its line break."""
    for words in (surface, "".join(surface.split())):
        before, found, behind = quote.partition(words)
        if found:
            return f"{_html(before)}<mark>{_html(found)}</mark>{_html(behind)}"
    return _html(quote)


def _html(text: str) -> str:
    return escape(visible(text))
