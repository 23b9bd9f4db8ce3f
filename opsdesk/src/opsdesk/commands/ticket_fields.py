"""Options that several commands about tickets have."""

from typing import Annotated

from typer import Option

Service = Annotated[str | None, Option(help="The service's key.")]
Kind = Annotated[
    str | None, Option(help="incident, service_request, change_request, problem, question")
]
Nature = Annotated[
    str | None, Option(help="Of a change request: corrective, adaptive, perfective, preventive.")
]
