"""PDF files written by hand: Chinese text in a font that the reader brings along, at places given in points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Words = tuple[float, float, float, str]
"""Left edge, baseline, size, text."""
FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [4 0 R] >>",
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 5 0 R "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
)
PICTURE = b"q 100 0 0 100 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"


def pdf(pages: Iterable[Sequence[Words] | bytes], security: bytes = b"") -> bytes:
    """A PDF of pages, each of words at places, or drawn by the operators given."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", *FONT]
    kids = []
    for page in pages:
        drawn = page if isinstance(page, bytes) else b"".join(map(_shown, page))
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, security, start,
    )  # fmt: skip


def _shown(words: Words) -> bytes:
    x, y, size, text = words
    return b"BT /F1 %g Tf 1 0 0 1 %g %g Tm <%s> Tj ET\n" % (size, x, y, text.encode("utf-16-be").hex().encode())


def column(x: float, top: float, text: str, width: int, size: float = 10) -> list[Words]:
    """Text wrapped to lines of `width` characters."""
    pieces = [text[i : i + width] for i in range(0, len(text), width)]
    return [(x, top - 14 * k, size, piece) for k, piece in enumerate(pieces)]


# The standard security handler with a user password that no one knows; PDFium asks for one before it reads on.
LOCKED = b"/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] /Encrypt << /Filter /Standard " \
    b"/V 1 /R 2 /Length 40 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)  # fmt: skip
