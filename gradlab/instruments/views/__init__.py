"""What the model says of the data, drawn from it in one of several ways."""

from gradlab.instruments.views.recorder import DataRecorder, data_view

__all__ = ["DataRecorder", "data_view"]
