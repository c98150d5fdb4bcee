"""Garbage is looked for seldom while there is much to do, and as before afterwards."""

import gc

from skq.garbage import SELDOM, seldom


def test_seldom_within_the_block_and_as_before_after_it():
    """What was there before is left alone inside; what is made inside is found when it is asked for."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with seldom():
        assert gc.get_threshold() == SELDOM
        assert gc.get_freeze_count() > frozen
        gc.collect()
        ring: list[object] = []
        ring.append(ring)
        del ring
        assert gc.collect() >= 1
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
