"""Who the targets of a step are at an instant (E3). Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from escalation.policies.domain.policy import Step, Target
from escalation.rotas.domain.rota import Rota, on_call


@dataclass(frozen=True, slots=True)
class Roster:
    """Rotas by key, and the roles of every person who can be notified, by `sub`."""

    rotas: Mapping[str, Rota]
    people: Mapping[str, frozenset[str]]

    def resolve(self, step: Step, at: datetime) -> tuple[str, ...]:
        """Everybody whom the step notifies, each once, without those who are not in `people`."""
        named = (person for target in step.targets for person in self._resolve_target(target, at))
        return tuple(dict.fromkeys(person for person in named if person in self.people))

    def with_roles(self, roles: Collection[str]) -> tuple[str, ...]:
        """Everybody with one of these roles, by `sub`."""
        return tuple(sorted(p for p, held in self.people.items() if held & {*roles}))

    def _resolve_target(self, target: Target, at: datetime) -> Iterable[str]:
        if target.kind == "person":
            return (target.name,)
        if target.kind == "role":
            return self.with_roles((target.name,))
        rota = self.rotas.get(target.name)
        return on_call(rota, at) if rota else ()
