import pytest

from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.tables.reading import read_grid
from gradlab.tables.remarks import Level


@pytest.fixture
def grid(tmp_path):
    """Return a function that writes a file and reads it into a grid."""

    def read(content, name="my table.csv", **settings):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_grid(Data(source="csv", path=str(path), **settings))

    return read


@pytest.fixture
def refused(grid, tmp_path):
    """Return a function that gives the one line with which a file is refused altogether."""

    def line(content, key="data.path", **settings):
        with pytest.raises(InputError) as caught:
            grid(content, **settings)
        message = str(caught.value)
        assert "\n" not in message
        assert caught.value.key == key
        assert str(tmp_path) not in message
        return message

    return line


@pytest.fixture
def only_error():
    """Return a function that gives the only error among the remarks of a grid."""

    def one(found):
        (remark,) = [remark for remark in found.remarks if remark.level is Level.ERROR]
        assert "\n" not in remark.text
        return remark

    return one


@pytest.fixture
def notices():
    """Return a function that gives the texts of a grid's notices, where there is no error."""

    def texts(found):
        assert all(remark.level is Level.NOTICE for remark in found.remarks)
        assert all("\n" not in remark.text for remark in found.remarks)
        return [remark.text for remark in found.remarks]

    return texts
