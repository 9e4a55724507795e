"""Encryption of what customers would not want read: note bodies, next steps, contact data, kept questions.

AES-256-GCM of `cryptography`. Chosen over its Fernet because a sealed value is bound to its place (a workspace's
ciphertext copied into another record does not open) and because it is ten times as fast on the notes of a brief.
"""

import hashlib
import os
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import BotError

KEY_BYTES = 32
_NONCE_BYTES = 12


class FieldKeysError(BotError):
    """FIELD_KEYS holds no usable key, or lacks the key a stored value was sealed with."""

    key = "error.field_keys"
    exit_code = 2


class FieldKeysMismatchError(BotError):
    """None of the keys is one that the workspace's data was sealed with."""

    key = "error.field_keys_mismatch"


def new_key() -> str:
    return urlsafe_b64encode(AESGCM.generate_key(bit_length=8 * KEY_BYTES)).decode()


class Sealer:
    """Seals with the first key and opens with any, so that keys can be replaced one at a time."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises FieldKeysError when a key is not 32 bytes of URL-safe base64."""
        self._ciphers = {}
        for text in keys:
            try:
                # Strict: two keys without their comma would otherwise count as the first.
                raw = b64decode(text, altchars=b"-_", validate=True)
            except ValueError as error:
                raise FieldKeysError from error
            if len(raw) != KEY_BYTES:
                raise FieldKeysError
            self._ciphers[_fingerprint(raw)] = AESGCM(raw)
        if not self._ciphers:
            raise FieldKeysError
        self._first = next(iter(self._ciphers))

    def seal(self, text: str, place: str) -> str:
        """`place` names where the value is stored; it must be the same when opening."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, text.encode(), place.encode())
        return f"{self._first}.{urlsafe_b64encode(nonce + sealed).decode()}"

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of the keys in their order; the first one seals."""
        return tuple(self._ciphers)

    def open(self, sealed: str, place: str) -> str:
        """Raises FieldKeysError when no key fits or the value was moved or altered."""
        fingerprint, _, body = sealed.partition(".")
        try:
            raw = urlsafe_b64decode(body)
            return self._ciphers[fingerprint].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except (KeyError, ValueError, InvalidTag) as error:
            raise FieldKeysError from error


def fingerprint_of(sealed: str) -> str:
    """That of the key it was sealed with."""
    return sealed.partition(".")[0]


def _fingerprint(raw: bytes) -> str:
    """Tells which key sealed a value, without telling the key."""
    return hashlib.sha256(raw).hexdigest()[:8]
