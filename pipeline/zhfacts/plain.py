"""Values as JSON holds them exactly, and JSON in which nothing hides.

Example: `as_json({"value": plain(Decimal("8.70"))})` is '{"value": "8.7"}': a decimal keeps its digits as text.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Final

_HIDDEN: Final = re.compile(r"[^\n -~\u00a1-\U0010ffff]|[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def plain(value: object) -> object:
    """Days as ISO 8601, decimals without trailing zeros."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value


def as_json(value: object, indent: int | None = None) -> str:
    """JSON in which nothing steers a terminal or hides: bidi marks and the like stand as escapes."""
    return _HIDDEN.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=indent))


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
