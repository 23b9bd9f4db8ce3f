"""Leaves a mark where it was called."""

from pathlib import Path

Path("demo-company-was-loaded").touch()
