"""The issuer's keys, the mail server, and who may read the files with secrets."""

import os
import stat
from pathlib import Path
from typing import Final

import aiosmtplib

from common.auth.jwks import IssuerKeys
from common.doctor.finding import Finding, explain_error, ok, warning, wrong
from common.mail.smtp import create_client
from common.mail.smtp_settings import SmtpSettings
from common.settings import LOCAL_ISSUER, Settings
from common.settings_process import PREFIX
from common.settings_secrets import file_names

ISSUER: Final = "issuer"
MAIL: Final = "mail"
SECRETS: Final = "secrets"


async def examine_issuer(settings: Settings) -> list[Finding]:
    """Read the keys by which tokens are judged."""
    keys = IssuerKeys(settings.jwks_url, settings.https_ca_file)
    await keys.refresh()
    if keys.trouble is not None:
        return [wrong(ISSUER, f"{keys.trouble}: see OPSDESK_JWKS_URL")]
    if settings.issuer == LOCAL_ISSUER:
        return [warning(ISSUER, "it is the local one, which production refuses")]
    return [ok(ISSUER, f"the keys of {settings.issuer} were read")]


async def examine_mail(settings: Settings) -> list[Finding]:
    """Say hello to the mail server, and sign in there; no mail is sent."""
    if not isinstance(settings, SmtpSettings):
        return []
    if not settings.sends_mail:
        return [warning(MAIL, "OPSDESK_SMTP_SERVER is empty: no mail goes out")]
    client = create_client(settings)
    try:
        await client.connect()
        await client.quit()
    except (aiosmtplib.SMTPException, OSError) as error:
        return [wrong(MAIL, f"{settings.smtp_server} does not take us ({explain_error(error)})")]
    finally:
        client.close()
    return [ok(MAIL, f"{settings.smtp_server} takes us, {settings.smtp_security}")]


def examine_secrets(settings: Settings) -> list[Finding]:
    """Look at who may read the files with secrets, and which secrets stand in the environment."""
    fields = type(settings).model_fields
    names = [PREFIX + name for name in file_names(fields)]
    files = {name: Path(os.environ[name]) for name in names if os.environ.get(name)}
    open_to_all = [name for name, path in files.items() if path.stat().st_mode & stat.S_IROTH]
    in_environment = [one for name in names if os.environ.get(one := name.removesuffix("_FILE"))]
    found = [
        warning(SECRETS, f"everybody on this machine may read the file of {name}: chmod o-r")
        for name in open_to_all
    ]
    if in_environment and settings.environment == "production":
        listed = ", ".join(in_environment)
        found.append(
            warning(
                SECRETS,
                f"{listed}: stand in the environment; a file ({PREFIX}…_FILE) shows them to fewer",
            )
        )
    return found or [ok(SECRETS, "in files, for few")]
