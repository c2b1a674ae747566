"""The model's predictions on the data, as one of several views."""

from gradlab.instruments.views.recorder import DataRecorder, data_view

__all__ = ["DataRecorder", "data_view"]
