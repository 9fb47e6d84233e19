"""Data of documents as JSON that can stand inside a page.

Example: `embedded("</script>")` holds no < at all, and reads back as the same string.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of characters without a glyph: controls, bidi marks, U+2028, what is not assigned."""
_MARKUP: Final = re.compile(r"[<>&]")


def embedded(value: object) -> str:
    """JSON without a character that ends a script element, begins a comment or turns the text around it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = _MARKUP.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text if text.isprintable() else "".join(_number(c) if hidden(c) else c for c in text)


def visible(text: str) -> str:
    """Text with every character that has no glyph shown by number: 8.7%<U+202E>."""
    return text if text.isprintable() else "".join(f"<U+{ord(c):04X}>" if hidden(c) else c for c in text)


def hidden(character: str) -> bool:
    """Whether nothing would be seen of a character, or only what it does to others."""
    return unicodedata.category(character) in HIDDEN


def _number(character: str) -> str:
    """A character as JSON writes it by number; one beyond the first plane as two."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
