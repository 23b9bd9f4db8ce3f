# What the compose stack needs beside the services: the command `opsdesk` with the demo company, the page at which one
# signs in, and a mail server that keeps messages as files instead of sending them on. Not for production.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM $PYTHON_IMAGE AS build
COPY constraints.txt /build/
RUN python -m venv /build/tools && awk '/^uv==/,!/\\$/' /build/constraints.txt > /build/uv.txt \
    && /build/tools/bin/pip install --no-cache-dir --quiet --require-hashes -r /build/uv.txt
# Authorities are those of the base image, as for everything else in it: also those of a company that added its own.
ENV UV_NO_CACHE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1
COPY libs/common /build/libs/common
COPY deploy/local /build/deploy/local
COPY opsdesk /build/opsdesk
RUN /build/tools/bin/uv venv --quiet --python /usr/local/bin/python /opt/opsdesk \
    && VIRTUAL_ENV=/opt/opsdesk /build/tools/bin/uv pip install --no-sources -c /build/constraints.txt \
       /build/libs/common /build/deploy/local /build/opsdesk

FROM $PYTHON_IMAGE
RUN useradd --uid 10001 --no-create-home opsdesk && mkdir /mail /issuer && chown opsdesk /mail /issuer
COPY --from=build /opt/opsdesk /opt/opsdesk
COPY deploy/demo /opt/opsdesk/deploy/demo
USER 10001
ENV PATH=/opt/opsdesk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME ["/mail", "/issuer"]
