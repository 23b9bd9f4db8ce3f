"""What sla shows to BI tools, as views of the schema `reporting` (docs/reporting.md)."""

from common.reporting import View
from sla.reporting import conditions, daily, facts

VIEWS: tuple[View, ...] = (*facts.VIEWS, *conditions.VIEWS, *daily.VIEWS)
