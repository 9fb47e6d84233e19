"""How links were chosen, for `zhfacts explain --why`: the best candidates of each choice, and what spoke for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhfacts.documents import Block
    from zhfacts.link.ranker import Seen

BEST, STRONGEST = 3, 4
"""Candidates of a choice, and features of each, that are shown."""
NAMES = {"subjects": "subject", "properties": "attribute", "bases": "basis", "periods": "period"}


def drawn(seen: Seen, blocks: list[Block]) -> Iterator[str]:
    """Lines that say what a choice was between: subject: 远岚集团 3.1 (same.f.prop +0.8), nobody -0.5."""
    from zhfacts.link import ranker

    weights = {
        "subjects": ranker.subject_ranker, "properties": ranker.property_ranker, "bases": ranker.basis_ranker,
        "periods": ranker.period_ranker,
    }[seen.what]().weights  # fmt: skip
    ranked = sorted(zip(seen.candidates, seen.scores, strict=True), key=lambda pair: -pair[1])
    yield f"{NAMES[seen.what]} was chosen among {len(ranked)}:"
    for candidate, score in ranked[:BEST]:
        weighed = {f: weights.get(f, 0) for f in ranker.features_of(candidate)}
        strongest = sorted(weighed.items(), key=lambda item: -abs(item[1]))
        told = ", ".join(f"{f} {w / ranker.SCALE:+.2f}" for f, w in strongest[:STRONGEST] if w)
        yield f"  {score / ranker.SCALE:+6.2f}  {_named(candidate, blocks)}  ({told or 'nothing'})"


def _named(candidate: Any, blocks: list[Block]) -> str:
    """The words of a candidate, or what stands for none."""
    if hasattr(candidate, "period"):
        start, end = candidate.period.start, candidate.period.end
        return f"{start} to {end}" if start else "no time"
    if hasattr(candidate, "said"):
        return candidate.said or "nothing said"
    if hasattr(candidate, "span"):
        return blocks[candidate.block].text[slice(*candidate.span)] if candidate.span else "no words"
    return str(candidate.topic.mention.name) if candidate.topic else "nobody"
