"""`zhfacts explain`: which rules fired on a text, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhfacts.cli.options import Json, Published, Rules, Segmenter
from zhfacts.link.words import DEFAULT, known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhfacts.flow import Settings
    from zhfacts.link.ranker import Seen
    from zhfacts.records import Fact, Reject

NAME = "explain"
LONGEST_PATH = 200
EXAMPLE = 'Example: zhfacts explain "2023年出口额增长8.7%。" --why'


def command(  # noqa: PLR0913, PLR0917  # one for each option
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text itself.", show_default=False)],
    published: Published = None,
    rules: Rules = None,
    segmenter: Segmenter = DEFAULT,
    why: Annotated[
        bool, typer.Option("--why", help="Also show among whom subject, attribute and period were chosen.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show for each number of a text which rules fired and what they gave."""
    from zhfacts import flow, knowledge, plain
    from zhfacts.cli import console
    from zhfacts.link.ranker import watching

    over = knowledge.overlay(rules) if rules else None
    settings = flow.Settings(published, over, segmenter=known(segmenter))
    with watching() as seen:
        result = flow.extract_text(text, settings)
    if as_json:
        found = {"facts": _rows(result.facts), "rejects": _rows(result.rejects)}
        typer.echo(plain.as_json(found, indent=2))
        return
    screen = console.out()
    reasons = _reasons(text, seen, settings) if why else {}
    for fact in result.facts:
        screen.print(console.marked(text, fact.start, fact.end))
        for name, value in _told(fact):
            screen.print(f"  {name:<10} {console.visible(value)}")
        for line in reasons.get(fact.start, ()):
            screen.print(f"  {console.visible(line)}")
    for reject in result.rejects:
        where = f"{reject.surface!r} " if reject.surface else ""
        screen.print(console.visible(f"not recorded: {where}({reject.stage}: {reject.reason}) {reject.detail}"))
    if not result.facts:
        screen.print("no number found that states something")
        if 0 < len(text) < LONGEST_PATH and Path(text).exists():
            screen.print("this is the name of a file: for its text, use zhfacts extract")


def _rows(records: Iterable[Fact] | Iterable[Reject]) -> list[dict[str, object]]:
    """Facts or rejects with all their columns, as JSON can hold them."""
    from zhfacts.plain import plain

    return [{name: plain(value) for name, value in record._asdict().items()} for record in records]


def _reasons(text: str, seen: list[Seen], settings: Settings) -> dict[int, list[str]]:
    """What each choice was between, by where its number stands in the text."""
    from zhfacts import knowledge
    from zhfacts.cli.why import drawn
    from zhfacts.layout.blocks import lay_out
    from zhfacts.read import from_text

    with knowledge.using(settings.overlay):
        _, blocks = lay_out(from_text(text), settings.roles)
        found: dict[int, list[str]] = {}
        for one in seen:
            start = blocks[one.block].origin.at(one.number.start)
            found.setdefault(start, []).extend(drawn(one, blocks))
    return found


def _told(fact: Fact) -> Iterator[tuple[str, str]]:
    """What is told of a fact, name and value."""
    from zhfacts.cards import amount

    row: dict[str, Any] = {name: getattr(fact, name) for name in ("bound", "low", "high", "value", "when", "kind")}
    yield "rule", fact.rule
    yield "kind", fact.kind
    yield "value", amount({**row, "unit": fact.unit})
    yield "unit", fact.unit or "(none)"
    yield "bound", fact.bound
    if fact.change:
        yield "change", f"{fact.change}, delta {fact.delta}, basis {fact.basis or '(not said)'}"
    elif fact.basis:
        yield "basis", fact.basis
    if fact.date_start:
        yield "date", f"{fact.date_start} to {fact.date_end} ({fact.date_from})"
    if fact.period_start:
        yield "period", f"{fact.period_start} to {fact.period_end} ({fact.period_from})"
    yield "subject", fact.subject or "(none)"
    yield "attribute", fact.attribute or "(none)"
    if fact.modality != "reported":
        yield "modality", fact.modality
    if fact.statistic:
        yield "statistic", fact.statistic
    if fact.attributed_to:
        yield "said by", fact.attributed_to
    yield "link_rule", fact.link_rule or "(none)"
    if fact.link_score is not None:
        yield "link_score", f"{fact.link_score:.2f}"
