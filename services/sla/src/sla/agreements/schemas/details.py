"""One agreement with what its reader may do with it now."""

from collections.abc import Iterable

from common.domain.allowed_act import AllowedAct
from common.http import Allowed, to_allowed
from sla.agreements.schemas.responses import (
    AgreementForCovered,
    AgreementForPartner,
    AgreementForParty,
    AgreementRead,
    AnyAgreement,
)


class AgreementDetail(AgreementRead):
    """An agreement for our own people, and what its reader may do with it now (`allowed`)."""

    allowed: list[Allowed]


class AgreementDetailForParty(AgreementForParty):
    """The same for the customer with whom it is made, whose contacts sign it."""

    allowed: list[Allowed]


AnyAgreementDetail = (
    AgreementDetail | AgreementDetailForParty | AgreementForCovered | AgreementForPartner
)
"""One agreement for whoever asks: those who have no part in it are not told what may be done with it."""


def to_detail(response: AnyAgreement, acts: Iterable[AllowedAct]) -> AnyAgreementDetail:
    """The agreement with what may be done, for its two sides."""
    if isinstance(response, AgreementRead):
        return AgreementDetail(**dict(response), allowed=to_allowed(acts))
    if isinstance(response, AgreementForParty):
        return AgreementDetailForParty(**dict(response), allowed=to_allowed(acts))
    return response
