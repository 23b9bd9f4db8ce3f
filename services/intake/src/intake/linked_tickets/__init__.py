"""Tickets that have a counterpart in ServiceNow, Jira Service Management or Zendesk, kept alike both ways."""
