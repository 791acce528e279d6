from __future__ import annotations

import pytest
from click.testing import CliRunner

from hemeroteca.cli import cli
from tests.stored_pages import PROFILE, make_collection


@pytest.fixture(scope="session")
def press(tmp_path_factory):
    """A collection that tests only read."""
    return make_collection(tmp_path_factory.mktemp("press") / "press", 2, profile=PROFILE)


@pytest.fixture
def fresh(tmp_path):
    """A collection of the test's own."""
    return make_collection(tmp_path / "press", 1, profile=PROFILE)


@pytest.fixture
def run():
    def call(*arguments, settings=None, **options):
        words = [str(word) for word in arguments]
        if settings is not None:
            words += ["-C", str(settings.collection)]
        return CliRunner().invoke(cli, words, **options)

    return call
