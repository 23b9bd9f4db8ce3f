"""An erasure takes the mails of the contact, and nobody else's."""

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.outgoing import mail_of, post, run_sql
from opsdesk_testing.client import client


@pytest.mark.parametrize("address", ["an@acme.example", "jan@acme.exam", "t@ours.example"])
async def test_the_mails_of_similar_addresses_stay(
    address: str, app: FastAPI, gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """R16: what another contact wrote is evidence, also where one address is a part of the other."""
    contact = await anna.post(
        "/v1/customers/acme/contacts", json={"name": "Ann", "address": address}
    )
    assert contact.status_code == 201, contact.text
    await post(gateway, mail_of())
    await post(gateway, mail_of("kim@acme.example", id="2@x", Cc=f"Ann <{address.upper()}>"))
    erasure = f"/v1/contacts/{contact.json()['id']}/erasure"
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        assert (await theo.post(erasure, json={"reason": "asked"})).status_code == 201
        assert (await gina.post(f"{erasure}/confirm")).status_code == 200
    stored = "SELECT sender, raw = '' FROM mails ORDER BY id"
    assert await run_sql(database, stored) == [("jan@acme.example", False), (None, True)]
