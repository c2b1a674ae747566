"""Letters of all kinds of languages, stored in all kinds of ways."""

import codecs

import pytest

from gradlab.tables.legacy import ENCODINGS

LANGUAGES = {
    "German": "Name;Wert\nMüller;gut\nWeiß;schlecht\nJäger;gut\nKöln;größer\n",
    "French": "prénom;élève\nÉric;français\nZoë;à l’école\n",
    "Spanish": "año;niño\nsí;España\nmañana;corazón\n",
    "Danish": "navn;by\nSøren;Århus\nJørgen;Ærø\n",
    "Polish": "imię;miasto\nŁukasz;Łódź\nŻaneta;Kraków\nMałgorzata;Gdańsk\n",
    "Czech": "jméno;město\nJiří;Plzeň\nŠárka;Děčín\n",
    "Hungarian": "név;város\nŐrsi;Győr\nTűz;Szűcs\n",
    "Russian": "имя;город\nИван;Москва\nОльга;Казань\n",
    "Ukrainian": "ім’я;місто\nЇжак;Київ\n",
    "Greek": "όνομα;πόλη\nΓιώργος;Αθήνα\n",
    "Turkish": "isim;şehir\nAyşe;İstanbul\nÇağrı;Eskişehir\n",
    "Hebrew": "שם;עיר\nדוד;ירושלים\n",
    "Arabic": "اسم;مدينة\nمحمد;القاهرة\n",
    "Thai": "ชื่อ;เมือง\nสมชาย;กรุงเทพ\n",
    "Lithuanian": "vardas;miestas\nŽydrūnas;Šiauliai\nĄžuolas;Kėdainiai\n",
    "Chinese": "姓名;城市\n张伟;北京\n李娜;上海\n",
    "Taiwanese": "姓名;城市\n張偉;臺北\n陳美玲;高雄\n",
    "Japanese": "名前;都市\n田中;東京\n佐藤さん;おおさか\n",
    "Korean": "이름;도시\n김철수;서울\n",
    "units": "t in °C;b in µm\n1 ±2;3 m²\n",
    "prices": "preis;x\n5 €;1\n6 €;2\n",
}


def text_of(found):
    rows = [found.names, *zip(*found.columns, strict=True)]
    return "".join(";".join(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *((language, "cp1252") for language in ("German", "French", "Spanish", "Danish", "units", "prices")),
        *((language, "mac_roman") for language in ("German", "French", "Spanish", "Danish")),
        *((language, "cp850") for language in ("German", "Danish", "Spanish")),
        *((language, "cp1250") for language in ("Polish", "Czech", "Hungarian")),
        *((language, "iso8859_2") for language in ("Polish", "Czech")),
        *((language, "cp1251") for language in ("Russian", "Ukrainian")),
        ("Russian", "cp866"),
        ("Greek", "cp1253"),
        ("Turkish", "cp1254"),
        ("Hebrew", "cp1255"),
        ("Arabic", "cp1256"),
        ("Lithuanian", "cp1257"),
        ("Thai", "cp874"),
        ("Chinese", "gb18030"),
        ("Taiwanese", "big5"),
        ("Japanese", "cp932"),
        ("Japanese", "euc_jp"),
        ("Korean", "cp949"),
    ],
)
def test_old_encodings_are_told_by_their_letters_and_said(grid, notices, language, encoding):
    found = grid(LANGUAGES[language].encode(encoding))
    assert text_of(found) == LANGUAGES[language]
    assert notices(found)[0].startswith(f"it was read as {encoding} ({ENCODINGS[encoding]})")
    assert found.layout.encoding == encoding


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_in_silence(grid, notices, language, encoding):
    found = grid(LANGUAGES[language].encode(encoding))
    assert (text_of(found), notices(found)) == (LANGUAGES[language], [])


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE])
def test_unicode_is_read_whichever_byte_comes_first(grid, mark):
    encoding = {codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF32_BE: "utf-32-be"}[mark]
    found = grid(mark + LANGUAGES["German"].encode(encoding))
    assert (text_of(found), found.layout.encoding) == (LANGUAGES["German"], encoding)


@pytest.mark.parametrize("language", ["German", "Polish", "Russian", "Chinese", "Korean"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_letters_without_a_mark_are_recognised_in_a_table_of_numbers(grid, notices, language, encoding):
    text = LANGUAGES[language] + "".join(f"{place}.25;{place}\n" for place in range(40))
    found = grid(text.encode(encoding))
    assert text_of(found) == text
    assert notices(found) == [f"it was read as {encoding.upper()}"]


def test_an_umlaut_far_down_does_not_need_others(grid, notices):
    rows = "gut;1\nschlecht;2\n" * 5000
    found = grid(("urteil;x\n" + rows + "größer;3\n").encode("cp1252"))
    assert found.columns[0][-1] == "größer"
    assert notices(found) == ["it was read as cp1252 (Windows, Western Europe)"]


def test_where_several_encodings_fit_the_first_line_concerned_and_remedies_are_given(grid):
    found = grid("a;b\n1;x\n2;ä\n".encode("cp1252"))
    (remark,) = found.remarks
    assert remark.text.startswith(
        "it was read as cp1252 (Windows, Western Europe), but may be in another encoding; "
        'in line 3: "ä" as cp1252, "д" as cp1251'
    )
    assert remark.lines == (3,)
    first = remark.remedies[0]
    assert (first.label, dict(first.changes)) == (
        "Read as cp1251 (Windows, Cyrillic)",
        {"data.encoding": "cp1251"},
    )


def test_a_long_line_is_no_trouble(grid):
    names = ";".join(f"column{place}" for place in range(20_000))
    numbers = ";".join(["0.25"] * 19_999)
    found = grid(f"{names}\n{numbers};gr\N{LATIN SMALL LETTER U WITH DIAERESIS}n\n".encode("cp1252"))
    assert found.columns[-1] == ["grün"]


@pytest.mark.parametrize("encoding", ["cp1252", "Latin1", "windows-1252", "ISO-8859-1"])
def test_the_encoding_can_be_said(grid, notices, encoding):
    found = grid(LANGUAGES["German"].encode("cp1252"), encoding=encoding)
    assert (text_of(found), notices(found)) == (LANGUAGES["German"], [])


def test_a_mark_goes_with_the_encoding_that_is_said(grid):
    assert grid("a,b\n1,ü\n".encode("utf-8-sig"), encoding="UTF8").names == ("a", "b")
    assert grid("a,b\n1,ü\n".encode("utf-16"), encoding="utf-16").names == ("a", "b")
    assert grid("a,b\n1,ü\n".encode("utf-16"), encoding="utf-16-le").names == ("a", "b")


@pytest.mark.parametrize("encoding", ["klingon", "hex", "rot13", "", "utf 99"])
def test_an_encoding_that_does_not_exist_is_refused(refused, encoding):
    text = refused("a,b\n1,x\n", key="data.encoding", encoding=encoding)
    assert text.startswith(f'there is no encoding "{encoding}"; allowed: auto, utf-8, utf-16, cp1252, ')


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp932"])
def test_a_text_in_another_encoding_than_said_is_refused_with_its_line(refused, encoding):
    content = b"a,b\n1,x\n2,gr\xfc\xfc\xff\n"
    assert refused(content, key="data.encoding", encoding=encoding) == (
        f'is not {encoding} text (line 3); allowed: data.encoding = "auto", or the right one'
    )


def test_a_few_letters_that_are_not_utf_8_are_read_as_windows_writes_them(grid, notices):
    found = grid("a;b\n1;grün\n2;schön\n".encode() + "3;grün\n".encode("cp1252"))
    assert found.columns[1] == ["grün", "schön", "grün"]
    assert notices(found) == ["not UTF-8 in line 4, as the rest is: read as Windows text there"]


def test_a_file_cut_off_within_a_letter_is_still_utf_8(grid, notices):
    found = grid("a;b\n1;grün\n2;schön\n3;grü".encode()[:-1])
    assert found.columns[1][:2] == ["grün", "schön"]
    assert len(notices(found)) == 1


def test_a_file_cut_off_in_utf_16_is_called_so(refused):
    assert refused("a;b\n1;x\n".encode("utf-16")[:-1]) == (
        "is UTF-16 text, but damaged or cut off after 7 letters; save it again as CSV UTF-8"
    )


@pytest.mark.parametrize("content", [bytes(range(256)) * 40, b"a,b\n1,\x01\x02\x03\x04\xff\n"])
def test_what_is_no_text_is_called_so(refused, content):
    assert refused(content).startswith("is not a text file; allowed: ")
