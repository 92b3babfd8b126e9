"""How a masked field shows: enough to recognise a value one knows, too little to use it."""

STARS = "****"
_HEAD, _TAIL = 3, 4


def mask(value: object) -> str:
    """138****8000 of a number, a****@example.cn of an address, 张**** of anything else; blank stays blank."""
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if not text:
        return ""
    name, at, host = text.rpartition("@")
    if at:
        return f"{name[:1]}{STARS}@{host}"
    digits = sum(letter.isdigit() for letter in text)
    if digits >= _HEAD + _TAIL + 1 and digits * 2 > len(text):
        return f"{text[:_HEAD]}{STARS}{text[-_TAIL:]}"
    return f"{text[:1]}{STARS}"
