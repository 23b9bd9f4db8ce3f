"""Who sets the tier of a customer, by which agreements may promise more or less (decision 0931)."""

from typing import Final

from common.auth import Caller
from common.auth.requirements import RequiresPermission

_AGREEMENTS: Final = RequiresPermission("agreements:write")


def check_may_set_tier(caller: Caller) -> None:
    """Raise Forbidden for whoever may not write agreements."""
    _AGREEMENTS.check(caller)
