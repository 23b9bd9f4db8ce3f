"""Documents that are generated from code: AsyncAPI and the pages in `docs/`."""

from common.docgen.asyncapi import asyncapi_document

__all__ = ["asyncapi_document"]
