r"""Values and words written so that they are exact and nothing hides: as JSON, and for the eye.

Example: `as_json({"value": plain(Decimal("8.70"))})` is '{"value": "8.7"}': a decimal keeps its digits as text.
`visible("8.7%\u202e")` is "8.7%<U+202E>": what a document holds never steers a screen.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Final

_HIDDEN: Final = re.compile(r"[^\n -~\u00a1-\U0010ffff]|[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
ISSUES: Final = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that are shown by number: controls, bidi marks, surrogates, and what has no glyph."""


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


def visible(text: str) -> str:
    """Text with every character that has no glyph of its own shown as <U+…>, line ends as ⏎."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "⏎").replace("\r", "⏎").replace("\n", "⏎").replace("\t", " ")
    return "".join(f"<U+{ord(c):04X}>" if unicodedata.category(c) in ISSUES else c for c in text)
