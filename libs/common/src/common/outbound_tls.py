"""Whom we believe by https: the public authorities, and beside them those of a company of its own."""

import ssl
from pathlib import Path

import httpx


def trusted_by_https(ca_file: Path | None) -> ssl.SSLContext | bool:
    """Return what httpx takes as `verify`: with a PEM file also the authorities in it."""
    if ca_file is None:
        return True
    context = httpx.create_ssl_context()
    context.load_verify_locations(cafile=ca_file)
    return context


def is_distrust(error: Exception) -> bool:
    """Return whether a request failed since the other side's certificate is not believed."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error)
