# Build:  docker build -t veilleur .
# Run:    see compose.yaml
FROM python:3.13-slim AS build
WORKDIR /src
RUN pip install --no-cache-dir "pip>=25.1" \
 && python -m venv /opt/veilleur
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY rules ./rules
RUN /opt/veilleur/bin/pip install --no-cache-dir ".[postgres]"

FROM python:3.13-slim
COPY --from=build /opt/veilleur /opt/veilleur
# The user's number is fixed, so that a folder of the host can be given to it: chown 10001
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin veilleur \
 && mkdir /data && chown veilleur:veilleur /data
USER veilleur
WORKDIR /data
VOLUME /data
ENV PATH=/opt/veilleur/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HTTP_HOST=0.0.0.0 \
    LOG_FORMAT=json \
    DATABASE_URL=sqlite+aiosqlite:////data/veilleur.sqlite3
EXPOSE 8080
# Port 8080 inside the container; publish it under another number outside if you like.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["veilleur"]
CMD ["run"]
