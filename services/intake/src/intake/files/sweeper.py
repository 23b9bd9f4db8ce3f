"""The loop that removes uploads nobody used, and the bytes of files nobody refers to."""

import asyncio
from typing import Final

from common.now import now
from common.persistence.errors import is_transient
from common.runtime import Runtime
from common.telemetry import logger
from intake.files.commands import BATCH_SIZE, remove_unreferred, remove_unused
from intake.files.configured_storage import storage_of
from intake.files.incoming import remove_abandoned
from intake.storage_settings import StorageSettings

log = logger(__name__)

INTERVAL_S: Final = 60.0
"""Seconds between two rounds in which nothing was left over."""


async def run_file_sweeper(runtime: Runtime[StorageSettings]) -> None:
    """Remove what is old, a batch in a transaction of its own, as long as the service runs."""
    while True:
        more = await sweep(runtime)
        await asyncio.sleep(0 if more else INTERVAL_S)


async def sweep(runtime: Runtime[StorageSettings]) -> bool:
    """One round. Returns whether more may be left; what fails is logged and tried again."""
    try:
        unused = await remove_unused(runtime.database, runtime.settings.unused_upload_hours)
        storage = storage_of(runtime.settings)
        files = await remove_unreferred(runtime.database, storage)
        await asyncio.to_thread(remove_abandoned, storage.incoming, now().timestamp())
    except Exception as error:
        if not is_transient(error):
            log.exception("files.sweep_failed")
        return False
    return BATCH_SIZE in {unused, files}
