"""Who a mail may be from: the member of staff, contact or partner with its address (I1)."""

from common.persistence.database import Connection
from intake.directory import store as directory
from intake.directory.domain.address import without_tag
from intake.mail.domain.shared_providers import is_shared
from intake.mail.domain.thread import Sender
from intake.mail.known_senders import find_known


async def find_sender(tx: Connection, address: str) -> Sender:
    """The member of staff, contact or partner with this address (normalised), or without its `+tag`.

    Whoever is both, claims to be staff. A partner is known by the domain of its address, too, unless
    strangers share that: whoever works there answers.
    """
    for known in dict.fromkeys((address, without_tag(address))):
        found = await find_known(tx, known)
        if found.staff is not None:
            return Sender(address, staff=found.staff)
        if found.contact_id is not None:
            return Sender(address, found.customer_id, found.contact_id, customer=found.customer)
    domain = address.rpartition("@")[2]
    partner = await directory.find_partner(tx, address, None if is_shared(domain) else domain)
    return Sender(address, partner=partner)
