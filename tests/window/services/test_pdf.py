import re
import subprocess
import sys
import zlib

import pytest
from PySide6.QtGui import QTextDocument

from gradlab.window.services.pdf import write_pdf
from gradlab.window.theme.fonts import FALLBACK_FONTS


def test_a_hand_out_is_a_pdf_of_as_many_pages_as_it_needs(qapp, tmp_path):
    short, long = tmp_path / "short.pdf", tmp_path / "long.pdf"
    write_pdf("# One page\n\n- [ ] a box", tmp_path, short)
    write_pdf("# Many\n\n" + "A paragraph that fills its line.\n\n" * 200, tmp_path, long)
    assert pages(short) == 1
    assert pages(long) > 3
    assert short.read_bytes().startswith(b"%PDF")


def test_a_hand_out_takes_its_letters_from_the_fonts_that_the_window_takes(qapp, tmp_path, monkeypatch):
    set_in = []
    monkeypatch.setattr(QTextDocument, "setDefaultFont", lambda document, font: set_in.append(font))
    write_pdf("# 直", tmp_path, tmp_path / "paper.pdf")
    assert set_in[0].families()[1:] == list(FALLBACK_FONTS)


def pages(path):
    content = path.read_bytes()
    inner = b"".join(unzipped(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL))
    return len(re.findall(rb"/Type\s*/Page\b", content + inner))


def unzipped(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_a_hand_out_that_cannot_be_written_says_so(qapp, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_pdf("# Nowhere", tmp_path, tmp_path / "missing" / "paper.pdf")


def test_the_command_writes_the_kit_without_a_window(tmp_path):
    command = [sys.executable, "-m", "gradlab", "kit", str(tmp_path / "kit"), "--language", "en"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout) == (0, "")
    papers = list((tmp_path / "kit" / "hand-outs" / "en").glob("*.pdf"))
    assert len(papers) > 30
    assert all(paper.read_bytes().startswith(b"%PDF") for paper in papers)
    again = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert again.returncode == 2
    assert len(again.stderr.splitlines()) == 1
    assert "--overwrite" in again.stderr
