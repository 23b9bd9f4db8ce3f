"""The storage that the settings name, one in each process."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.store import S3Store

from intake.files.s3_storage import S3Storage
from intake.files.storage import FileStorage, FolderStorage
from intake.storage_settings import StorageSettings

if TYPE_CHECKING:
    from obstore.store import S3Config


def storage_of(settings: StorageSettings) -> FileStorage:
    """The storage that the settings name, one in each process."""
    secret = settings.s3_secret_access_key
    return _storage(
        settings.attachment_storage,
        settings.s3_endpoint,
        settings.s3_region,
        settings.s3_access_key_id,
        None if secret is None else secret.get_secret_value(),
    )


@cache
def _storage(
    address: str, endpoint: str | None, region: str, key: str | None, secret: str | None
) -> FileStorage:
    parts = urlsplit(address)
    if parts.scheme == "file":
        return FolderStorage(Path(parts.path))
    return S3Storage(
        S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=_config(endpoint, region, key, secret),
            client_options={"allow_http": endpoint is not None and endpoint.startswith("http:")},
        )
    )


def _config(endpoint: str | None, region: str, key: str | None, secret: str | None) -> "S3Config":
    config: S3Config = {"region": region, "virtual_hosted_style_request": endpoint is None}
    if endpoint is not None:
        config["endpoint"] = endpoint
    if key is not None and secret is not None:
        config["access_key_id"], config["secret_access_key"] = key, secret
    return config
