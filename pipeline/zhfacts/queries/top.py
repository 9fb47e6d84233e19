"""The commonest questions, ready to ask: who is spoken of, what is measured, the largest amounts, the latest figures.

Example: `query("amounts", Asked(limit=3))` gives SQL and parameters for the three largest amounts of each currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

What = Literal["entities", "indicators", "amounts", "recent"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which facts count: those of one document (source or doc_id), and with links at least so sure."""

    limit: int = 10
    document: str | None = None
    min_score: float = 0.0


CHOSEN: Final = """
WITH chosen AS (
  SELECT * FROM facts
  WHERE ($document IS NULL OR $document IN (source, doc_id)) AND coalesce(link_score, 1) >= $min_score
)
"""
"""Cells of tables have no score, for their headers say what they are about: they count as sure."""
QUESTIONS: Final[dict[What, str]] = {
    "entities": """
SELECT e.name AS entity, e.type, count(*) AS facts, count(DISTINCT c.attribute) AS indicators,
  count(DISTINCT c.source) AS documents
FROM chosen c JOIN entities e ON c.subject_id = e.entity_id
GROUP BY e.entity_id, e.name, e.type
ORDER BY facts DESC, indicators DESC, e.entity_id
LIMIT $limit
""",
    "indicators": """
SELECT attribute AS indicator, kind, count(*) AS facts, count(DISTINCT subject_id) AS entities,
  count(DISTINCT source) AS documents, min(period_start) AS "from", max(period_end) AS "to"
FROM chosen
WHERE attribute IS NOT NULL AND kind NOT IN ('year', 'date')
GROUP BY attribute, kind
ORDER BY facts DESC, entities DESC, attribute, kind
LIMIT $limit
""",
    "amounts": """
SELECT currency, amount, bound, subject, attribute, year(period_end) AS year, fact_id
FROM (SELECT *, coalesce(value, high) AS amount FROM chosen WHERE kind = 'money')
WHERE amount IS NOT NULL AND currency IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY currency ORDER BY amount DESC, fact_id) <= $limit
ORDER BY currency, amount DESC, fact_id
""",
    "recent": """
SELECT period_end AS until, subject, attribute, coalesce(value, high) AS value, unit, bound, change, fact_id
FROM chosen
WHERE period_end IS NOT NULL AND modality = 'reported' AND coalesce(value, high) IS NOT NULL
ORDER BY period_end DESC, source, byte_start, fact_id
LIMIT $limit
""",
}


def query(what: What, asked: Asked) -> tuple[str, dict[str, object]]:
    """SQL and parameters of one of the questions."""
    params: dict[str, object] = {"document": asked.document, "min_score": asked.min_score, "limit": asked.limit}
    return CHOSEN + QUESTIONS[what], params
