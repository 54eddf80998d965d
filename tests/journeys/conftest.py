import pytest
from django.db import connection

from tests.journeys.servers import Web, free_port
from tests.journeys.steps import DESK
from tests.surveys.sink import running_sink
from tests.surveys.worker import Worker


@pytest.fixture
def sink():
    with running_sink() as sink:
        yield sink


@pytest.fixture
def house(sink, tmp_path, transactional_db):
    """Web server and worker as they run, each its own process, on the test's database; mails go to the sink."""
    port = free_port()
    pool = "threads" if connection.vendor == "sqlite" else "prefork"
    worker = Worker(
        tmp_path / "worker.log",
        pool,
        EMAIL_URL=f"smtp://127.0.0.1:{sink.port}",
        BASE_URL=f"http://127.0.0.1:{port}",
        MAIL_PER_SECOND=0,
        DEMO=0,
    )
    web = Web(tmp_path / "web.log", port, worker.environment)
    web.worker, web.sink = worker, sink
    try:
        worker.start()
        web.start()
        yield web
    finally:
        web.close()
        worker.close()


@pytest.fixture
def open_page(browser, live_server):
    contexts = []

    def open_page(address, size=DESK, base=None, **options):
        contexts.append(browser.new_context(base_url=base or live_server.url, viewport=size, **options))
        page = contexts[-1].new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def web(transactional_db, tmp_path):
    """The web server in its own process, without a worker."""
    port = free_port()
    pool = "threads" if connection.vendor == "sqlite" else "prefork"
    worker = Worker(tmp_path / "worker.log", pool, BASE_URL=f"http://127.0.0.1:{port}", DEMO=0)
    web = Web(tmp_path / "web.log", port, worker.environment)
    try:
        web.start()
        yield web
    finally:
        web.close()
        worker.close()
