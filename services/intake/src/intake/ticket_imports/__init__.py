"""Tickets from exports of ServiceNow, Jira Service Management and Zendesk."""
