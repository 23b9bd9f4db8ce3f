"""The settings of the attachment storage."""

from typing import Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from common.settings import Settings

SCHEMES: Final = frozenset({"file", "s3"})


class StorageSettings(Settings):
    """Where uploaded files lie, and for how long."""

    attachment_storage: str = Field(
        "file:///var/lib/opsdesk/attachments",
        description="where uploaded files lie: file:///a/folder, or s3://bucket/prefix;"
        " several replicas need a folder that all of them see, or a bucket",
    )
    s3_endpoint: str | None = Field(
        None, description="the https address of what speaks S3; without it Amazon's own"
    )
    s3_region: str = Field("eu-central-1", description="the bucket's region")
    s3_access_key_id: str | None = Field(
        None, description="the bucket's access key; without it that of the machine's role"
    )
    s3_secret_access_key: SecretStr | None = Field(
        None, description="the secret that belongs to the access key"
    )
    unused_upload_hours: int = Field(
        24,
        ge=1,
        description="hours after which an uploaded file is removed that no message carries",
    )
    attachment_days: int = Field(
        400, ge=1, description="days after its ticket was closed that an uploaded file is kept"
    )

    @model_validator(mode="after")
    def _check_storage(self) -> "StorageSettings":
        parts = urlsplit(self.attachment_storage)
        if parts.scheme not in SCHEMES or not (
            parts.path if parts.scheme == "file" else parts.netloc
        ):
            self._refuse("attachment_storage", "give file:///a/folder or s3://bucket/prefix")
        if self.environment == "production" and (self.s3_endpoint or "https:")[:6] != "https:":
            self._refuse("s3_endpoint", "plain http shows customers' files to everybody on the way")
        return self
