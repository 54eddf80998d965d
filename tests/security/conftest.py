from tests.surveys.conftest import sink

__all__ = ["sink"]
