"""Contacts from CSV files: our own columns, and the exports of CRM systems."""
