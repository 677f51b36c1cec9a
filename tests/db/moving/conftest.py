"""One press for the tests of a module here too."""

from tests.db.posts.conftest import press, store

__all__ = ["press", "store"]
