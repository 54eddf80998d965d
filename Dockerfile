# Two stages: the packages and the compiled translations are made in the first; the second has neither pip's caches nor tools.
FROM python:3.13-slim AS build
WORKDIR /srv/app
RUN python -m venv /srv/venv
COPY requirements.txt ./
RUN /srv/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
# The keys are thrown away: collecting files needs settings that load, nothing more.
RUN /srv/venv/bin/python scripts/compile_translations.py \
    && SECRET_KEY=only-for-collecting-the-static-files SURVEY_LINK_KEY=only-for-collecting-the-static-files \
       EMAIL_URL=smtp://localhost VAR_DIR=/tmp/var STATIC_ROOT=/srv/static-files \
       /srv/venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/srv/var STATIC_ROOT=/srv/static-files
# As in core/processes.py: more threads only wake each other.
ENV OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
RUN useradd --system --uid 10001 --home-dir /srv --shell /usr/sbin/nologin backbone \
    && mkdir -p /srv/var && chown backbone:backbone /srv/var
COPY --from=build /srv /srv
WORKDIR /srv/app
USER backbone
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
