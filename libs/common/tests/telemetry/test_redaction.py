"""Logs hold no secret and no personal data, whatever is given to them."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from time import process_time

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from common.persistence.database import Database
from common.telemetry import logger, redact
from common.telemetry.logs import configure_logs

SECRETS = [
    "Authorization: Bearer abc.def-ghi",
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2lnbmF0dXJl",
    "postgresql://sla:s3cret@db/opsdesk",
    "mail of jan.de-vries+x@mail.acme.example arrived",
    "Key (email)=(jan@acme.example) already exists.",
]
PARTS = ("abc.def", "eyJhbGci", "s3cret", "jan")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Put logging back as it was: other tests have their own."""
    before, level = logging.root.handlers[:], logging.root.level
    logging.root.handlers[:] = []  # else they would be closed
    lines = io.StringIO()
    configure_logs("sla", "json", lines)
    yield lines
    logging.root.handlers[:] = before
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("text", SECRETS)
@pytest.mark.parametrize("nest", [lambda x: x, lambda x: [x], lambda x: {"a": ({"b": x},)}])
def test_shapes_of_secrets_are_hidden_at_any_depth(
    text: str, nest: Callable[[str], object]
) -> None:
    text_out = json.dumps(redact(nest(text)))
    assert not any(part in text_out for part in PARTS)


def test_fields_are_hidden_by_their_name() -> None:
    redacted_fields = redact(
        {"password": "x", "Authorization": "y", "contact_email": "z", "port": 8002}
    )
    assert redacted_fields == {
        "password": "[hidden]",
        "Authorization": "[hidden]",
        "contact_email": "[hidden]",
        "port": 8002,
    }


def test_ordinary_words_stay_as_they_are() -> None:
    fields = {"key": "OPS-1042", "subject": "ticket/0192", "size": 3, "ratio": 0.5, "who": None}
    assert redact(fields) == fields


@pytest.mark.parametrize("text", SECRETS)
def test_nothing_leaves_by_a_log_line(text: str, logged: io.StringIO) -> None:
    logging.getLogger("asyncpg").warning("failed: %s", text)
    logger("common").info(text, detail={"texts": [text]})
    try:
        raise ValueError(text)
    except ValueError:
        logger("common").exception("failed")
    lines = logged.getvalue().strip().splitlines()
    assert len(lines) == 3
    assert all(json.loads(line)["service"] == "sla" for line in lines)
    assert not any(part in line for line in lines for part in PARTS)


@pytest.mark.parametrize("piece", ["a://:", "-eyJ.", "a.b@c-", "Bearer ", "x@", "eyJaa.bb"])
def test_a_long_hostile_text_costs_little(piece: str) -> None:
    """What callers send may land in a log line: hiding must not become the attack."""
    text = piece * (1_000_000 // len(piece))
    began = process_time()
    redact(text)
    assert process_time() - began < 3


async def test_what_a_customer_wrote_is_in_no_error_of_the_database(
    database: Database, logged: io.StringIO
) -> None:
    """A refused statement is logged with neither its parameters nor the row that it was about."""
    words = "our payroll is down since Tuesday"
    try:
        async with database.transaction() as tx:
            await tx.execute(
                text(
                    'INSERT INTO dead_letters (topic, partition, "offset", digest, headers, code,'
                    " reason, settled_as) VALUES ('t', 1, 1, '', '[]', 'x', :words, 'no such end')"
                ),
                {"words": words},
            )
    except IntegrityError:
        logger("common").exception("failed")
    assert "violates check constraint" in logged.getvalue()
    assert "payroll" not in logged.getvalue()
