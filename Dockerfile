# Porchlight, small and without privileges. Set it up by the environment; see config.toml for every option.
FROM python:3.13-slim AS build
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.13-slim
RUN groupadd --gid 10001 porchlight \
 && useradd --uid 10001 --gid porchlight --home-dir /data --no-create-home --shell /usr/sbin/nologin porchlight \
 && install -d -o porchlight -g porchlight -m 0700 /data
COPY --from=build /venv /venv
WORKDIR /app
COPY LICENSE bot.py config.toml ./
COPY db db
COPY cogs cogs
COPY web web
COPY templates templates
COPY static static
RUN /venv/bin/python -m compileall -q .

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WEB_HOST=0.0.0.0 \
    DATA_DIR=/data
USER porchlight
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + (os.environ.get('WEB_PORT') or os.environ.get('PORT') or '8080') + '/healthz', timeout=4)"]
CMD ["python", "bot.py"]
