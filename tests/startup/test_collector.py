import gc

import pytest

from gradlab.startup import collector


@pytest.fixture(autouse=True)
def as_before():
    yield
    gc.unfreeze()
    gc.enable()


def test_the_collector_rests_until_it_begins_and_then_leaves_alone_what_was_there():
    gc.unfreeze()
    collector.rest()
    assert not gc.isenabled()
    collector.begin()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000


def test_a_collector_that_did_not_rest_goes_on_as_it_was():
    gc.unfreeze()
    collector.begin()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
