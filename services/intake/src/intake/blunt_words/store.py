"""Every query about blunt words."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select, text

from common.persistence.database import Connection
from intake.blunt_words.tables import blunt_words


async def of_language(tx: Connection, language: str) -> dict[str, str]:
    """The blunt phrases of a language, with what to do instead."""
    query = select(blunt_words.c.phrase, blunt_words.c.instead)
    query = query.where(blunt_words.c.language == language).order_by(blunt_words.c.phrase)
    return {row.phrase: row.instead for row in await tx.execute(query)}


async def replace_list(
    tx: Connection, language: str, phrases: Mapping[str, str], changed_by: str, at: datetime
) -> None:
    """Replace the list of a language. Two who do so at once wait for each other."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"blunt_words {language}"}
    )
    await tx.execute(delete(blunt_words).where(blunt_words.c.language == language))
    rows = [
        {
            "language": language,
            "phrase": phrase,
            "instead": instead,
            "changed_by": changed_by,
            "changed_at": at,
        }
        for phrase, instead in phrases.items()
    ]
    if rows:
        await tx.execute(insert(blunt_words), rows)
