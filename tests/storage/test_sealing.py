"""Encryption at rest: what is sealed opens in its place only, with a key the operator still has."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.sealing import FieldKeysError, Sealer, new_key

KEY = new_key()
PLACE = "factormate:{T1}:visit:v1"


@given(text=st.text(max_size=300))
def test_what_was_sealed_opens_again(text: str) -> None:
    """Any text, the empty one too."""
    assert Sealer([KEY]).open(Sealer([KEY]).seal(text, PLACE), PLACE) == text


def test_a_sealed_text_tells_nothing() -> None:
    """Neither its words nor that it is the same as another."""
    first, second = (Sealer([KEY]).seal("远大纺织 嫌费率高", PLACE) for _ in range(2))
    assert first != second
    assert "远大" not in first
    assert KEY not in first


def test_a_sealed_text_does_not_open_in_another_place() -> None:
    """Copied into another record or workspace it is worthless."""
    sealed = Sealer([KEY]).seal("note", PLACE)
    with pytest.raises(FieldKeysError):
        Sealer([KEY]).open(sealed, "factormate:{T2}:visit:v1")


@pytest.mark.parametrize("position", [0, 11, 12, -1], ids=["nonce", "its end", "text", "tag"])
def test_a_single_altered_byte_is_noticed(position: int) -> None:
    """Whoever can write to the store cannot change a note unseen."""
    fingerprint, _, body = Sealer([KEY]).seal("note", PLACE).partition(".")
    raw = bytearray(urlsafe_b64decode(body))
    raw[position] ^= 1
    with pytest.raises(FieldKeysError):
        Sealer([KEY]).open(f"{fingerprint}.{urlsafe_b64encode(raw).decode()}", PLACE)


@pytest.mark.parametrize("sealed", ["", "note", "abc.", "abc.!!", "12345678.AAAA"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    """One kind of error, whatever is wrong."""
    with pytest.raises(FieldKeysError):
        Sealer([KEY]).open(sealed, PLACE)


def test_keys_are_replaced_one_at_a_time() -> None:
    """A new key in front seals from now on; what the old one sealed opens as long as it is listed."""
    new = new_key()
    old_note = Sealer([KEY]).seal("old", PLACE)
    both = Sealer([new, KEY])
    new_note = both.seal("new", PLACE)
    assert both.open(old_note, PLACE) == "old"
    assert Sealer([new]).open(new_note, PLACE) == "new"
    with pytest.raises(FieldKeysError):
        Sealer([KEY]).open(new_note, PLACE)
    with pytest.raises(FieldKeysError):
        Sealer([new]).open(old_note, PLACE)


@pytest.mark.parametrize(
    "keys",
    [[], [""], ["short"], [KEY[:-4]], [KEY + KEY], [KEY, "ключ"], [KEY, "rubbish"]],
    ids=["none", "empty", "short", "31 bytes", "two in one", "not ASCII", "the second"],
)
def test_keys_that_are_none_are_refused_at_once(keys: list[str]) -> None:
    """At start, not when the first note is saved."""
    with pytest.raises(FieldKeysError):
        Sealer(keys)


def test_the_error_quotes_neither_key_nor_text() -> None:
    """It may be logged."""
    with pytest.raises(FieldKeysError) as told:
        Sealer([KEY, "rubbish"])
    assert "rubbish" not in str(told.value)
    assert KEY not in str(told.value)
