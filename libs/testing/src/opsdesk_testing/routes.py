"""For a test of every service: no route without a permission."""

from common.http.route import unguarded

__all__ = ["unguarded"]
