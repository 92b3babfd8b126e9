"""The configuration as text: TOML and JSON give back what was written, and what is neither is refused with a sentence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.core import configfile
from zhike.core.configfile import DocumentError


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
        lambda inner: (
            st.dictionaries(st.text(max_size=8), inner, max_size=4)
            | st.lists(st.integers() | st.text(max_size=9), max_size=3)
        ),
        max_leaves=15,
    )
)
def test_what_is_written_as_toml_is_read_as_it_was(value: Any) -> None:
    document = {"part": value}
    assert configfile.read_document(configfile.write_document(document, "toml").encode(), "toml") == _without_blanks(
        document
    )


def _without_blanks(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_blanks(each) for name, each in value.items() if each is not None}
    return value


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"\xff\xfe", "toml"),
        (b"a = ", "toml"),
        (b"{", "json"),
        (b"[1]", "json"),
        (b"[" * 200_000, "json"),
        (b"#" * 2_000_001, "toml"),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_sentence(content: bytes, form: str) -> None:
    with pytest.raises(DocumentError, match=r"."):
        configfile.read_document(content, form)
