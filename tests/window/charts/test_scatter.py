import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gradlab.window.charts.scatter import with_model


@given(
    st.lists(st.floats(-100, 100, allow_subnormal=False), min_size=2, max_size=20),
    st.lists(st.floats(allow_nan=True), min_size=1, max_size=20),
)
def test_a_wild_model_never_makes_the_data_unreadable(data, model):
    data = np.array(data)
    low, high = with_model(data, np.array(model))
    assert low < data.min()
    assert high > data.max()
    assert high - low <= max(5 * np.ptp(data), 7)
