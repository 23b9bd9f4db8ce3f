"""What sealing costs intake: the audit entries of accepted tickets, against the time of accepting them.

Facts of sla are sealed in sla alone (`sealing`). In intake a ticket has one audit entry, which the sealer
hashes in the background; a pass over those of a load, alone on the machine, says what it adds.
"""

import time

from common.audit.sealer import seal
from common.persistence.database import Database
from opsdesk_local.installation import Installation
from opsdesk_local.service import SERVICES
from tests.benchmarks.result import Result

MOST = 0.03


async def share_of_sealing(installation: Installation, rate: float) -> Result:
    """The seconds of a pass as a share of those in which its entries were accepted, at `rate` a second.

    Nothing is measured where the installation's own sealer had left nothing.
    """
    url = installation.environment(SERVICES[0])["OPSDESK_DATABASE_URL"]
    database = Database(url, "intake", pool_size=2)
    began = time.perf_counter()
    entries = sum(one.size for one in await seal(database))
    taken = time.perf_counter() - began
    await database.close()
    if not entries:
        what = "sealing the audit entries of accepted tickets"
        return Result(what, "nothing was left to seal", "", "", f"< {MOST:.0%}", None)
    share = taken * rate / entries
    return Result(
        f"sealing the audit entries of {entries:,} accepted tickets",
        f"{taken / entries * 1e6:.1f} us each",
        f"accepting, without {rate * (1 + share):,.0f}/s, with {rate:,.0f}/s",
        f"{share:.1%}",
        f"< {MOST:.0%}",
        share < MOST,
    )
