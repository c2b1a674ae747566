"""The program's icon is drawn by Qt, from the same drawing as the window's."""

from pathlib import Path

from fresh_python import printed_by
from PIL import Image

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


def test_the_icon_is_drawn_in_every_size(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(PACKAGING))
    code = f"from pathlib import Path; from installer import icons; icons.make(Path({str(tmp_path)!r}))"
    assert printed_by(code) == ""
    for size in (16, 48, 512):
        with Image.open(tmp_path / f"gradlab-{size}.png") as picture:
            assert picture.size == (size, size)
            assert picture.getpixel((0, 0))[3] == 0
            assert picture.getpixel((size // 2, size // 10))[3] == 255
    with Image.open(tmp_path / "gradlab.ico") as picture:
        assert {(16, 16), (32, 32), (256, 256)} <= picture.info["sizes"]
    with Image.open(tmp_path / "gradlab.icns") as picture:
        assert (512, 512, 1) in picture.info["sizes"] or picture.size == (512, 512)
