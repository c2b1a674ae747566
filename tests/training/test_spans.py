"""Sums and deviations over parts equal numpy's own, part by part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlab.training.spans import Spans


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20)), min_size=1, max_size=6), st.integers(0, 3))
def test_parts_are_summed_as_numpy_sums_them(gaps_and_sizes, rest):
    slices, position = [], 0
    for gap, size in gaps_and_sizes:
        slices.append(slice(position + gap, position + gap + size))
        position += gap + size
    values = np.random.default_rng(position).normal(size=position + rest)
    spans = Spans(slices)
    assert spans.sums(values) == pytest.approx([values[part].sum() for part in slices])
    assert spans.deviations(values) == pytest.approx([values[part].std() for part in slices], abs=1e-7)
    together = np.concatenate([values[part] for part in slices])
    assert spans.deviation(values) == pytest.approx(together.std(), abs=1e-7)
