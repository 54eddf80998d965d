"""The web server. No access log: the address of a survey page is its key. What it does log passes the same filter as ours."""

import gc

from config import settings

bind = f"{settings.BIND}:{settings.PORT}"
worker_class = "gthread"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
keepalive = 5
timeout = 60
graceful_timeout = 10
worker_tmp_dir = str(settings.VAR_DIR)
# A control socket would lie in the home folder.
control_socket_disable = True
accesslog = None
logconfig_dict = settings.LOGGING | {
    "loggers": settings.LOGGING["loggers"] | {"gunicorn.error": {"handlers": [], "propagate": True}}
}


def post_worker_init(worker):
    """What the application has loaded stays for good: leave it out of every search for garbage, which is what made single
    requests slow."""
    gc.collect()
    gc.freeze()
