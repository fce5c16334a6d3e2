# One image for all services of the pipeline: pages, engines, beat and the review desk differ by
# their command alone. `docker compose build`, or `docker build -t solacium-pipeline .`
#
# The Python is the one that the tests run with.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS builder
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build

# What the wheel is made with stays in this stage. Every file is checked against its hash.
COPY requirements.build.lock ./
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --no-deps -r requirements.build.lock

# What runs, in a layer of its own: it changes less often than the code. Wheels only, so that no
# compiler is needed and nothing of a package runs here.
COPY requirements.run.lock ./
RUN python -m venv /opt/pipeline \
    && /opt/pipeline/bin/pip install --require-hashes --no-deps --only-binary :all: -r requirements.run.lock

COPY . .
RUN /opt/build/bin/hatchling build -t wheel -d /build/dist \
    && /opt/pipeline/bin/pip install --no-deps --no-index /build/dist/*.whl \
    && /opt/pipeline/bin/pip check

FROM python:${PYTHON}
# Whose the site's files are on the host: files that the pipeline writes are that person's, too.
ARG UID=1000
ARG GID=1000
# --non-unique: the group of a Mac's user, for one, is known here under another name.
# The folders are what volumes are mounted on; a volume takes over whose they are.
RUN groupadd --non-unique --gid "${GID}" pipeline \
    && useradd --non-unique --uid "${UID}" --gid "${GID}" --no-create-home --no-log-init \
        --shell /usr/sbin/nologin pipeline \
    && install -d -o "${UID}" -g "${GID}" /site /site/.pipeline /site/public /nginx
COPY --from=builder /opt/pipeline /opt/pipeline

# Nothing is written outside of volumes; lines are logged as they come.
ENV PATH=/opt/pipeline/bin:$PATH \
    PIPELINE_SITE=/site \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /site
USER ${UID}:${GID}
CMD ["pipeline", "--help"]
