"""Fields that say where the proof of something is."""

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from common.outbound_addresses import AddressRefused, split_url


def _check_address(text: str) -> str:
    """Return an address that somebody can open, as it is; blanks name nothing and stay."""
    word = text.strip()
    if not word:
        return text
    if any(one.isspace() or not one.isprintable() for one in word):
        raise PydanticCustomError("address", "give one address, without blanks in it")
    try:
        _, host, _ = split_url(word)
    except AddressRefused as refused:
        raise PydanticCustomError("address", "{why}", {"why": str(refused)}) from None
    if not host.strip("."):
        raise PydanticCustomError("address", "give an address with the name of a host")
    return text


def _check_evidence(text: str) -> str:
    """Return a text as it is; one that is nothing but an address is one that somebody can open."""
    word = text.strip()
    is_address = "://" in word or word.lower().startswith(("http:", "https:"))
    if is_address and not any(map(str.isspace, word)):
        _check_address(word)
    return text


WebAddress = AfterValidator(_check_address)
"""A text that is an `http` or `https` address with a host and without a user's name, or blank."""
Evidence = AfterValidator(_check_evidence)
"""A text in which an address that stands alone is a `WebAddress`: `https://` shows nothing."""
