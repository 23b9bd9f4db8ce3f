"""`/v1/blunt-words/{language}`: the words that the check of messages points at (R11)."""

from typing import Annotated

from fastapi import Path

from common import audit
from common.auth import Caller, requires
from common.http import Transaction, router
from common.persistence.database import Connection, transaction_time
from intake.blunt_words import store
from intake.blunt_words.schemas import BluntWordRead, BluntWordsRead, BluntWordsUpdate

routes = router("/v1/blunt-words", ["message templates"])

Language = Annotated[
    str, Path(pattern=r"^[a-z]{2}$", description="Two letters, such as nl, en, de.")
]
Reader = Annotated[Caller, requires("messages:check")]
Writer = Annotated[Caller, requires("message-templates:write")]


@routes.get("/{language}")
async def get_blunt_words(language: Language, caller: Reader, tx: Transaction) -> BluntWordsRead:
    """Get the list of blunt words of a language."""
    return await _read(tx, language)


@routes.put("/{language}")
async def replace_blunt_words(
    language: Language, body: BluntWordsUpdate, caller: Writer, tx: Transaction
) -> BluntWordsRead:
    """Replace the list of blunt words of a language."""
    at = await transaction_time(tx)
    before = await store.of_language(tx, language)
    after = {one.phrase: one.instead for one in body.items}
    await store.replace_list(tx, language, after, caller.sub, at)
    grounds: dict[str, audit.JSON] = {
        "added": sorted(set(after) - set(before)),
        "removed": sorted(set(before) - set(after)),
    }
    await audit.record(
        tx,
        audit.Entry.by(caller.actor, at, "blunt_words.replace", f"blunt-words/{language}", grounds),
    )
    return await _read(tx, language)


async def _read(tx: Connection, language: str) -> BluntWordsRead:
    found = await store.of_language(tx, language)
    items = [BluntWordRead(phrase=phrase, instead=instead) for phrase, instead in found.items()]
    return BluntWordsRead(language=language, items=items)
