"""Mail providers where strangers share a domain: a pass for the domain says nothing about a neighbour.

The large public ones of the regions where our customers are. One that is missing costs no more than
the rule did without a list; a company's own domain never belongs in it.
"""

from typing import Final

SHARED_PROVIDERS: Final = frozenset(
    [
        "aol.com",
        "bluewin.ch",
        "fastmail.com",
        "free.fr",
        "freenet.de",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hey.com",
        "home.nl",
        "hotmail.be",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.de",
        "hotmail.fr",
        "hotmail.nl",
        "icloud.com",
        "kpnmail.nl",
        "laposte.net",
        "libero.it",
        "live.be",
        "live.com",
        "live.de",
        "live.nl",
        "mac.com",
        "mail.com",
        "mail.de",
        "mail.ru",
        "mailbox.org",
        "me.com",
        "msn.com",
        "orange.fr",
        "outlook.be",
        "outlook.com",
        "outlook.de",
        "outlook.fr",
        "pm.me",
        "posteo.de",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "seznam.cz",
        "skynet.be",
        "t-online.de",
        "telenet.be",
        "tuta.com",
        "tutanota.com",
        "virgilio.it",
        "wanadoo.fr",
        "web.de",
        "wp.pl",
        "xs4all.nl",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.de",
        "yahoo.fr",
        "yandex.com",
        "yandex.ru",
        "ymail.com",
        "ziggo.nl",
        "zoho.com",
        "126.com",
        "163.com",
    ]
)


def is_shared(domain: str) -> bool:
    """Whether anybody may have an address in this domain."""
    return domain.lower() in SHARED_PROVIDERS
