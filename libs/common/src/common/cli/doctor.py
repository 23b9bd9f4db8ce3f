"""`doctor`: look at everything that the service needs, and say in sentences what is wrong with it."""

import asyncio

import typer

from common.doctor.finding import Finding, ok
from common.http import Service
from common.settings import load_settings


def add_command(app: typer.Typer, service: Service) -> None:
    """Add the command to those of a service."""

    @app.command()
    def doctor() -> None:
        """Check settings, TLS, rights, topics, clock, time zone data and versions from where it runs.

        Changes nothing. Ends with 1 where something is wrong; warnings alone end with 0.
        """
        findings = asyncio.run(_examine(service))
        bad = sum(finding.level == "wrong" for finding in findings)
        warnings = sum(finding.level == "warning" for finding in findings)
        typer.echo(f"{service.name}: {bad} wrong, {warnings} to know of, {len(findings)} looked at")
        if bad:
            raise typer.Exit(1)


async def _examine(service: Service) -> list[Finding]:
    # Imported where it is needed: 3 MiB of Alembic in each process that serves.
    from common.doctor.examination import examine

    settings = load_settings(service.settings)
    findings = [ok("settings", f"complete, for {settings.environment}")]
    typer.echo(str(findings[0]))
    async for finding in examine(service, settings):
        typer.echo(str(finding))
        findings.append(finding)
    return findings
