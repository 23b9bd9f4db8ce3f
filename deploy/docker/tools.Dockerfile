# What the compose stack needs beside the services: `prepare` (roles, schemas, topics, issuer) and a
# mail server that keeps messages as files instead of sending them on.
FROM python:3.11-slim-bookworm
RUN python -m venv /opt/opsdesk && useradd --uid 10001 --no-create-home opsdesk \
    && mkdir /mail /issuer && chown opsdesk /mail /issuer
COPY constraints.txt /build/
COPY libs/common /build/libs/common
COPY deploy/local /build/deploy/local
RUN /opt/opsdesk/bin/pip install --no-cache-dir -c /build/constraints.txt /build/libs/common /build/deploy/local
COPY deploy/docker/prepare.py /opt/opsdesk/prepare.py
USER 10001
ENV PATH=/opt/opsdesk/bin:$PATH PYTHONUNBUFFERED=1
VOLUME ["/mail", "/issuer"]
