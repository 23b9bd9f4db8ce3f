"""What sla shows to BI tools, as views of the schema `reporting` (docs/reporting.md)."""

from common.persistence.bi_views import View
from sla.bi_views import conditions, daily, facts, month_results, reviewed

VIEWS: tuple[View, ...] = (
    *facts.VIEWS,
    *conditions.VIEWS,
    *daily.VIEWS,
    *month_results.VIEWS,
    *reviewed.VIEWS,
)
