# One of the services: intake, sla, escalation, delivery-gate or console. `make image` builds all of them, from a base image that
# is named by its digest. By hand, from the root of the repository:
#   docker build -f deploy/docker/service.Dockerfile --build-arg SERVICE=intake -t opsdesk/intake .
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM $PYTHON_IMAGE AS build
ARG SERVICE
RUN test -n "$SERVICE" || { echo "name the service: --build-arg SERVICE=intake" >&2; exit 1; }
COPY constraints.txt /build/
# Whatever is installed has one of the hashes in constraints.txt: uv by pip, the rest by uv.
RUN python -m venv /build/tools && awk '/^uv==/,!/\\$/' /build/constraints.txt > /build/uv.txt \
    && /build/tools/bin/pip install --no-cache-dir --quiet --require-hashes -r /build/uv.txt
# Authorities are those of the base image, as for everything else in it: also those of a company that added its own.
ENV UV_NO_CACHE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1
COPY libs/common /build/libs/common
COPY services/$SERVICE /build/services/$SERVICE
# `uv venv` puts neither pip nor setuptools into it.
RUN /build/tools/bin/uv venv --quiet --python /usr/local/bin/python /opt/opsdesk \
    && VIRTUAL_ENV=/opt/opsdesk /build/tools/bin/uv pip install --no-sources -c /build/constraints.txt \
       /build/libs/common "/build/services/$SERVICE" \
    && find /opt/opsdesk -name tests -type d -prune -exec rm -rf {} +
# ENTRYPOINT cannot read an argument of the build: this program runs the service's module.
RUN printf '#!/bin/sh\nexec python -m %s "$@"\n' "$(echo "$SERVICE" | tr - _)" > /opt/opsdesk/bin/service \
    && chmod 755 /opt/opsdesk/bin/service

# What is in the image, as CycloneDX: written by a tool that is not in it.
FROM build AS bill
RUN /build/tools/bin/uv venv --quiet --python /usr/local/bin/python /build/bill \
    && VIRTUAL_ENV=/build/bill /build/tools/bin/uv pip install --quiet -c /build/constraints.txt cyclonedx-bom \
    && /build/bill/bin/cyclonedx-py environment --output-reproducible --of JSON \
       -o /opt/opsdesk/sbom.cdx.json /opt/opsdesk/bin/python

FROM $PYTHON_IMAGE
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin opsdesk \
    # Nothing is installed in a running container: the base image's own pip and setuptools are old, and unused.
    # What a volume for uploaded files begins as.
    && mkdir -p /var/lib/opsdesk/attachments && chown opsdesk /var/lib/opsdesk/attachments \
    && find / -xdev \( -path '*-packages/pip*' -o -path '*-packages/setuptools*' -o -path '*-packages/wheel*' \
       -o -path '*-packages/pkg_resources*' -o -path '*/ensurepip*' \) -prune -exec rm -rf {} +
COPY --from=bill /opt/opsdesk /opt/opsdesk
USER 10001
ENV PATH=/opt/opsdesk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    OPSDESK_HOST=0.0.0.0 OPSDESK_PORT=8000 OPSDESK_MANAGEMENT_PORT=9000
# Health and metrics are on port 9000 of 127.0.0.1, inside the container. Give OPSDESK_MANAGEMENT_HOST where probes
# and Prometheus come from outside, and let nobody else reach that port.
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s CMD ["python", "-c", \
    "import urllib.request as r; r.urlopen('http://127.0.0.1:9000/health/live', timeout=2)"]
ENTRYPOINT ["service"]
CMD ["serve"]
