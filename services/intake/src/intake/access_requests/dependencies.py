"""What the routes of access requests share: load one locked, decide, store, respond."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Response

from common import audit
from common.audit import JSON
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import NotFound
from common.http import Transaction, rejection_response
from common.persistence.database import Connection, transaction_time
from intake.access_requests import store
from intake.access_requests.domain import AccessRequest
from intake.access_requests.schemas import AccessRequestRead, to_read

AccessRef: TypeAlias = Annotated[
    str, Path(alias="access_request", max_length=40, description="The id or key of the access.")
]


@dataclass(frozen=True, slots=True)
class AccessAction:
    """A request to change one access, with its caller and its transaction."""

    ref: str
    caller: Caller
    tx: Connection

    async def load(self) -> tuple[AccessRequest, datetime]:
        """The access, locked, and the moment. Raises NotFound."""
        access = await store.find(self.tx, self.ref, lock=True)
        if access is None:
            raise NotFound(f"Access request {self.ref}")
        return access, await transaction_time(self.tx)

    async def counted_as(self, *others: str | None) -> str:
        """Under which account the caller counts where these others are the first person (R1)."""
        return await counted_as(self.tx, self.caller.sub, *others)

    async def finish(
        self, name: str, before: AccessRequest, outcome: AccessRequest | Rejection, at: datetime
    ) -> Response | AccessRequestRead:
        """Store and audit the outcome, and respond with it."""
        if isinstance(outcome, Rejection):
            await record(self.tx, self.caller, at, f"{name}.denied", before, denied=outcome.code)
            return rejection_response(outcome)
        await store.save(self.tx, outcome)
        await record(self.tx, self.caller, at, name, outcome)
        return to_read(outcome, at)


async def record(
    tx: Connection, caller: Caller, at: datetime, name: str, access: AccessRequest, **more: JSON
) -> None:
    """Add an entry about this access to the audit trail."""
    grounds: dict[str, JSON] = {"key": access.key, "person": access.person, **more}
    subject = f"access_request/{access.id}"
    entry = audit.Entry.by(caller.actor, at, f"access_request.{name}", subject, grounds)
    await audit.record(tx, entry)


async def _for_worker(
    ref: AccessRef, caller: Annotated[Caller, requires("tickets:work")], tx: Transaction
) -> AccessAction:
    return AccessAction(ref, caller, tx)


async def _for_verifier(
    ref: AccessRef, caller: Annotated[Caller, requires("tickets:verify")], tx: Transaction
) -> AccessAction:
    return AccessAction(ref, caller, tx)


async def _for_approver(
    ref: AccessRef, caller: Annotated[Caller, requires("access-requests:approve")], tx: Transaction
) -> AccessAction:
    return AccessAction(ref, caller, tx)


WorkAction = Annotated[AccessAction, Depends(_for_worker)]
VerifyAction = Annotated[AccessAction, Depends(_for_verifier)]
ApproveAction = Annotated[AccessAction, Depends(_for_approver)]
