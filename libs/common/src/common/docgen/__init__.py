"""Documents from code: AsyncAPI of the topics, and the pages in `docs/`."""

from common.docgen.asyncapi import asyncapi_document

__all__ = ["asyncapi_document"]
