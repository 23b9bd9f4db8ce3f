"""The same files in a bucket, over the S3 protocol (moto's server: see `s3_server` for what it shows)."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from common.http import runtime_of
from common.persistence.database import Database
from intake.files.configured_storage import storage_of
from intake.files.storage import FileMissing, FileStorage, FolderStorage
from intake_support.s3_server import s3_server
from intake_support.uploads import app_with_storage, upload
from opsdesk_testing.client import client

PARTS = b"0123456789abcdef" * (12 * 65_536)
"""12 MiB: three parts of a multipart upload."""
DIGEST = hashlib.sha256(PARTS).hexdigest()
KEYS = {"s3_access_key_id": "key", "s3_secret_access_key": "secret"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with s3_server("attachments") as address:
        yield address


@pytest.fixture
async def bucket(database: Database, address: str) -> FastAPI:
    return app_with_storage(database, "s3://attachments/acme", s3_endpoint=address, **KEYS)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, bucket: FastAPI, tmp_path: Path) -> FileStorage:
    if request.param == "folder":
        return FolderStorage(tmp_path)
    return storage_of(runtime_of(bucket).settings)


async def read(storage: FileStorage) -> bytes:
    return b"".join([piece async for piece in await storage.open(DIGEST)])


async def test_both_storages_keep_give_and_delete_bytes(
    storage: FileStorage, tmp_path: Path
) -> None:
    for _ in range(2):
        (file := tmp_path / "file").write_bytes(PARTS)
        await storage.put(DIGEST, file)
        assert await read(storage) == PARTS
    for _ in range(2):
        await storage.delete(DIGEST)
    with pytest.raises(FileMissing):
        await storage.open(DIGEST)


async def test_an_upload_goes_to_the_bucket(bucket: FastAPI) -> None:
    async with client(bucket, "dispatcher", roles=["ops"]) as somebody:
        answer = await upload(somebody, PARTS, "dump.bin")
    assert answer.status_code == 201, answer.text
    assert answer.json()["digest"] == DIGEST
    assert await read(storage_of(runtime_of(bucket).settings)) == PARTS


async def test_a_bucket_that_is_away_is_said(database: Database) -> None:
    away = app_with_storage(database, "s3://attachments", s3_endpoint="http://127.0.0.1:9", **KEYS)
    async with client(away, "dispatcher", roles=["ops"]) as somebody:
        assert (await upload(somebody)).status_code == 503
