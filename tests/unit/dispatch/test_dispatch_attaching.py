"""Attached files: what they are is told from their bytes, and their names are made harmless."""

import pytest

from dispatch.domain.attaching import ACCEPTED, HEAD_BYTES, media_type_of, safe_name
from ops_center.kernel.errors import Invalid

JPEG, PNG = ACCEPTED[0], ACCEPTED[1]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (b"\x1a\x45\xdf\xa3webm", "video/webm"),
        (b"ID3\x04", "audio/mpeg"),
        (b"OggS\x00", "audio/ogg"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("Ñandutí c/ Yegros\n".encode(), "text/plain"),
        ("Ñandutí"[:1].encode()[:1], None),
        (b"MZ\x90\x00\x03", None),
        (b"PK\x03\x04", None),
        (b"\x7fELF", None),
        (b"GIF89a\x01\x00\xff", None),
        (b"\x00\x00\x00\x18ftypqt  ", None),
        (b"", None),
    ],
    ids=str,
)
def test_the_kind_of_a_file_is_told_from_its_first_bytes(head: bytes, name: str | None) -> None:
    if name is None:
        with pytest.raises(Invalid) as refused:
            media_type_of(head)
        assert refused.value.problem_code == "media-type-not-kept"
    else:
        assert media_type_of(head).name == name


def test_text_cut_within_a_character_is_still_text() -> None:
    long = "ñ" * HEAD_BYTES
    assert media_type_of(b"x" + long.encode()[: HEAD_BYTES - 1]).name == "text/plain"
    with pytest.raises(Invalid):
        media_type_of("señal ñ".encode()[:-1])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("foto.jpg", "foto.jpg"),
        ("FOTO.JPEG", "FOTO.jpeg"),
        ("foto.php.jpg", "foto_php.jpg"),
        ("foto.exe", "foto_exe.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\temp\\a.jpg", "a.jpg"),
        ("", "archivo.jpg"),
        ("....", "archivo.jpg"),
        ("a\x00b\r\nSet-Cookie: x.jpg", "abSet-Cookie_ x.jpg"),
        ("\u202egpj.exe", "gpj_exe.jpg"),
        ("Ñandutí c/ Yegros.jpg", "Yegros.jpg"),
        ('señal "1".jpg', "señal _1.jpg"),
    ],
)
def test_names_are_harmless_and_end_as_their_kind(given: str, kept: str) -> None:
    assert safe_name(given, JPEG) == kept


def test_long_names_are_cut() -> None:
    assert len(safe_name("x" * 500, PNG)) <= 104
