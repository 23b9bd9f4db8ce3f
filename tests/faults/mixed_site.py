"""A site in which some services are of the last release, and the others of today."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from opsdesk_local.installation import Installation
from opsdesk_local.service import Service, ServiceProcess, migrate


class MixedInstallation(Installation):
    """`old` are the services that run on `old_python`, with the schema that their own release makes."""

    def __init__(self, *args: Any, old: Collection[str], old_python: Path, **options: Any) -> None:
        super().__init__(*args, **options)
        self.old = old
        self.old_python = old_python

    def _migrate(self, service: Service) -> None:
        if service.name not in self.old:
            return super()._migrate(service)
        owner = {"OPSDESK_MIGRATION_DATABASE_URL": self._urls[service.module].owner}
        environment = self.environment(service) | owner
        migrate(service.module, environment, self.folder, python=self.old_python)

    def replica(
        self,
        service: Service,
        name: str,
        settings: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> ServiceProcess:
        process = super().replica(service, name, settings, port)
        if service.name not in self.old:
            return process
        return ServiceProcess(
            service.module,
            self.environment(service) | self._links(service, process.port) | dict(settings or {}),
            folder=self.folder,
            name=name,
            port=process.port,
            # 0.1.0 answers for its health on the one port that it has.
            management_port=process.port,
            python=self.old_python,
        )
