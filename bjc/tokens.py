"""Secrets and signatures: random link secrets (kept only as hashes), typed codes, and signed cookies."""

import hashlib
import secrets
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

SECRET_LENGTH = 43


def new_secret() -> str:
    """256 random bits as 43 characters that are safe in an address."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Eight digits to type by hand."""
    return f"{secrets.randbelow(10**8):08d}"


def hash_secret(secret: str) -> str:
    """What is kept of a secret: SHA-256, in hexadecimal (ASVS 6.5.2 allows it at this entropy)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_code(code: str, salt: str) -> str:
    """What is kept of a typed code: eight digits need a salt and a slow hash."""
    return hashlib.pbkdf2_hmac("sha256", code.encode(), salt.encode(), 50_000).hex()


def sign(key: bytes, purpose: str, value: Any) -> str:
    """A value for a cookie that cannot be altered; `purpose` keeps one kind from serving as another."""
    return URLSafeTimedSerializer(key, salt=purpose).dumps(value)


def unsign(key: bytes, purpose: str, text: str, max_age: int) -> Any | None:
    """The value, or None when it is forged, of another purpose, or older than `max_age` seconds."""
    try:
        return URLSafeTimedSerializer(key, salt=purpose).loads(text, max_age=max_age)
    except BadSignature:
        return None
