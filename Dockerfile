# Build: the wheel with its browser assets (Node comes from PyPI), then an environment with pinned packages.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /opt/caihong && /opt/caihong/bin/pip install --require-hashes -r requirements.txt \
    && python -m venv /opt/build && /opt/build/bin/pip install --require-hashes -r requirements-build.txt
COPY . .
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && /opt/caihong/bin/pip install --no-deps /dist/caihong-*.whl

# Run: nothing but Python, the environment and a user without rights.
FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/caihong caihong
COPY --from=build /opt/caihong /opt/caihong
ENV PATH=/opt/caihong/bin:$PATH PYTHONUNBUFFERED=1 CAIHONG_DATA_DIR=/var/lib/caihong
USER caihong
WORKDIR /var/lib/caihong
VOLUME /var/lib/caihong
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["caihong", "serve", "--host", "0.0.0.0", "--port", "8000"]
