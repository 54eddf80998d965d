"""What children of the supervisor are given."""

from core.processes import child_environment

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


def test_a_child_calculates_with_one_thread(monkeypatch):
    for name in THREADS:
        monkeypatch.delenv(name, raising=False)
    assert [child_environment()[name] for name in THREADS] == ["1", "1"]


def test_a_child_keeps_the_threads_somebody_asked_for(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
    assert child_environment()["OPENBLAS_NUM_THREADS"] == "4"


def test_a_child_has_everything_else_from_us(monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://backbone.example")
    assert child_environment()["BASE_URL"] == "https://backbone.example"
