"""The signature of a link that acknowledges: whatever is changed, cut or made up is none of ours."""

from base64 import urlsafe_b64encode
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from escalation.notifications.domain.ack_link import AckSigner

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
MESSAGE = UUID(int=0x5EC)
SIGNER = AckSigner((KEY,))
LINK = SIGNER.sign(MESSAGE) or ""


def test_a_link_names_its_message() -> None:
    assert len(LINK) == 64
    assert SIGNER.verify(LINK) == MESSAGE


@given(st.integers(0, 63), st.characters())
def test_no_changed_link_is_ours(position: int, character: str) -> None:
    changed = LINK[:position] + character + LINK[position + 1 :]
    assert (SIGNER.verify(changed) is None) == (changed != LINK)


@given(st.binary(min_size=48, max_size=48))
def test_no_made_up_link_is_ours(raw: bytes) -> None:
    assert SIGNER.verify(urlsafe_b64encode(raw).decode()) is None


@given(st.text(max_size=100))
def test_no_text_is_a_link(text: str) -> None:
    assert SIGNER.verify(text) is None


def test_the_signature_of_one_message_is_not_good_for_another() -> None:
    other = SIGNER.sign(UUID(int=1 << 100)) or ""
    mixed = LINK[:20] + other[20:]
    assert mixed not in {LINK, other}
    assert SIGNER.verify(mixed) is None
    assert SIGNER.verify(LINK + "A") is None
    assert SIGNER.verify(LINK[:-1]) is None
    assert SIGNER.verify(f"{LINK}\n") is None


def test_keys_change_while_links_are_out() -> None:
    rotated = AckSigner((OTHER_KEY, KEY))
    assert rotated.verify(LINK) == MESSAGE, "the old key still opens"
    new = rotated.sign(MESSAGE) or ""
    assert new != LINK
    assert AckSigner((OTHER_KEY,)).verify(new) == MESSAGE, "the first one signs"
    assert AckSigner((OTHER_KEY,)).verify(LINK) is None, "a key that is gone opens nothing"


def test_without_a_key_there_are_no_links() -> None:
    assert AckSigner(()).sign(MESSAGE) is None
    assert AckSigner(()).verify(LINK) is None


def test_no_key_is_shown() -> None:
    assert KEY.decode() not in repr(SIGNER)
