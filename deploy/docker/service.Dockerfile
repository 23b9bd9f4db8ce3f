# One of the services: intake, sla, escalation or delivery-gate. Build from the root of the repository:
#   docker build -f deploy/docker/service.Dockerfile --build-arg SERVICE=intake -t opsdesk/intake .
FROM python:3.11-slim-bookworm AS build
ARG SERVICE
RUN test -n "$SERVICE" || { echo "name the service: --build-arg SERVICE=intake" >&2; exit 1; }
RUN python -m venv /opt/opsdesk
COPY constraints.txt /build/
COPY libs/common /build/libs/common
COPY services/$SERVICE /build/services/$SERVICE
RUN /opt/opsdesk/bin/pip install --no-cache-dir -c /build/constraints.txt /build/libs/common "/build/services/$SERVICE" \
    && /opt/opsdesk/bin/pip uninstall --yes --quiet pip setuptools \
    && find /opt/opsdesk -name tests -type d -prune -exec rm -rf {} +
# ENTRYPOINT cannot read an argument of the build: this program runs the service's module.
RUN printf '#!/bin/sh\nexec python -m %s "$@"\n' "$(echo "$SERVICE" | tr - _)" > /opt/opsdesk/bin/service \
    && chmod 755 /opt/opsdesk/bin/service

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin opsdesk
COPY --from=build /opt/opsdesk /opt/opsdesk
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
