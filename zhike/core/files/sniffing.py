"""What a file is, by how it begins. What its sender says, or its name, is never believed."""

from dataclasses import dataclass

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"
HTML = "text/html"
SVG = "image/svg+xml"
XML = "application/xml"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
PROGRAM = "application/x-executable"
SCRIPT = "text/x-script"

# (offset, bytes, type); the first that fits wins.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"MZ", PROGRAM),
    (0, b"\x7fELF", PROGRAM),
    (0, b"\xfe\xed\xfa\xce", PROGRAM),
    (0, b"\xfe\xed\xfa\xcf", PROGRAM),
    (0, b"\xce\xfa\xed\xfe", PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", PROGRAM),
    (0, b"\xca\xfe\xba\xbe", PROGRAM),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", PROGRAM),  # a Windows shortcut, which starts what it points at
    (0, b"#!", SCRIPT),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"{\\rtf", "application/rtf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_OLD_OFFICE = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "wps": "application/vnd.ms-works",
    "et": "application/vnd.ms-excel",
}
_TELLING = 4
# What must stand behind an ending that people trust; anything else is a disguise.
_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/heic"})
_TRUSTED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic"), _IMAGES),
    "pdf": frozenset({"application/pdf"}),
    **{ending: frozenset({ZIP}) for ending in _OFFICE},
    **{ending: frozenset({OLE}) for ending in ("xls", "ppt", "msg")},
    # Word itself writes RTF, web pages and text under .doc, but never a picture or a program.
    "doc": frozenset({OLE, ZIP, "application/rtf", TEXT, HTML, XML}),
    "zip": frozenset({ZIP}),
    # Markup is text as well; it is never shown in the page.
    **dict.fromkeys(("txt", "csv", "md", "log"), frozenset({TEXT, HTML, XML, SVG})),
}
# Shown in the page: only what no browser runs.
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", TEXT})
IMAGES_SHOWN = SHOWN_INLINE - {TEXT}
# Sent under their own type, as a download; everything else is sent as unknown bytes.
_SENT_AS_THEY_ARE = frozenset({"application/pdf", *_OFFICE.values(), *_OLD_OFFICE.values(), ZIP, *_IMAGES})
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<img", b"<a ", b"<meta", b"<form")


@dataclass(frozen=True)
class Sniffed:
    """What the bytes are, and the type that is kept: of a container, refined by the ending."""

    family: str
    content_type: str

    @property
    def is_program(self) -> bool:
        return self.family in (PROGRAM, SCRIPT)


def sniff(head: bytes, ending: str) -> Sniffed:
    """Say what a file is from its first bytes (`store.HEAD_BYTES`) and the ending of its name."""
    family = _family_of(head)
    if family == ZIP:
        return Sniffed(family, _OFFICE.get(ending, ZIP))
    if family == OLE:
        return Sniffed(family, _OLD_OFFICE.get(ending, OLE))
    return Sniffed(family, family)


def is_disguised(sniffed: Sniffed, ending: str) -> bool:
    """Whether the name promises something that people open without a thought, and the bytes are something else."""
    return ending in _TRUSTED and sniffed.family not in _TRUSTED[ending]


def sent_type(content_type: str) -> str:
    """The type under which a stored file is sent: its own where that is harmless, else unknown bytes."""
    return content_type if content_type in _SENT_AS_THEY_ARE else UNKNOWN


def _family_of(head: bytes) -> str:
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    for offset, magic, content_type in _MAGIC:
        # Two or three letters may as well begin a sentence.
        if head.startswith(magic, offset) and not (magic.isalnum() and len(magic) < _TELLING and _decoded(head)):
            return content_type
    return _text_family(head)


def _text_family(head: bytes) -> str:
    """Text that a browser would run as a page or a picture is no plain text."""
    text = _decoded(head)
    if text is None:
        return UNKNOWN
    small = text.lstrip("\ufeff \t\r\n").casefold().encode()
    whole = text.casefold().encode()
    if b"<svg" in whole:
        return SVG
    if any(small.startswith(tag) or tag in whole for tag in _MARKUP):
        return HTML
    return XML if small.startswith(b"<?xml") else TEXT


def _decoded(head: bytes) -> str | None:
    """The beginning as text; None for what is none. A character cut off at the end of it does not count."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    if b"\x00" in head or any(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head):
        return None
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None
