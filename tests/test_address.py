from __future__ import annotations

from ipaddress import ip_address, ip_network
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.address import PRIVATE_NETWORKS, mask_address, may_lead_to


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://admin:pw@10.0.0.1:554/live", "rtsp://***@10.0.0.1:554/live"),
        ("rtsp://admin:p@ss/w#rd@10.0.0.1/live", "rtsp://***@10.0.0.1/live"),
        ("rtsp://token@10.0.0.1/live", "rtsp://***@10.0.0.1/live"),
        ("rtsp:/admin:pw@10.0.0.1/live", "***@10.0.0.1/live"),
        ("admin:pw@10.0.0.1", "***@10.0.0.1"),
        ("cannot open 'rtsp://a:b@h/x': refused", "cannot open 'rtsp://***@h/x': refused"),
        ("http://h/snap.cgi?usr=me&pwd=pw&w=9", "http://h/snap.cgi?usr=me&pwd=***&w=9"),
        ("http://h/?loginuse=me&loginpas=pw", "http://h/?loginuse=me&loginpas=***"),
        ("http://h/?access_token=pw#x", "http://h/?access_token=***#x"),
        ("http://h/?url=rtsp%3A%2F%2Fa%3Ab%40h", "http://h/?url=rtsp%3A%2F%2F***%40h"),
        ("rtsp://h/user=me_password=pw_channel=1.sdp", "rtsp://h/user=me_password=***"),
        ("Authorization: Basic YWRtaW46cHc=", "Authorization: ***"),
    ],
)
def test_logins_passwords_and_tokens_are_masked(text: str, shown: str) -> None:
    assert mask_address(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rtsp://10.0.0.1:554/Streaming/Channels/101",
        "http://h/snap.jpg?channel=1&width=640",
        "http://h/mail/a@b.c",
        "[rtsp @ 0x55d] 10:30 method DESCRIBE failed: 401",
        "视频流 rtsp://10.0.0.1/主码流 没有响应",
    ],
)
def test_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert mask_address(text) == text


SECRET = st.text(st.characters(codec="ascii", exclude_categories=["Cc", "Zs"]), min_size=6)
AROUND = st.text(st.characters(codec="utf-8", exclude_characters="@:=%"), max_size=8)


@given(SECRET, AROUND, AROUND, st.sampled_from(["rtsp", "rtsps", "http", "https"]))
def test_no_password_of_an_address_shows_in_any_text(
    secret: str, before: str, after: str, scheme: str
) -> None:
    secret = f"<{secret}>"
    for written in (secret, quote(secret, safe="")):
        shown = mask_address(f"{before} {scheme}://admin:{written}@10.0.0.1:554/live {after}")
        assert written not in shown
        assert "@10.0.0.1:554/live" in shown


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask_address(mask_address(text)) == mask_address(text)


def test_long_text_is_masked_in_no_time() -> None:
    for piece in ("pas", "a", "a@", "://", "key=", "%3a%2f%2f"):
        assert len(mask_address(piece * 20_000)) <= 60_000 * 3


@pytest.mark.parametrize(
    ("address", "networks", "allowed"),
    [
        ("10.1.2.3", None, True),
        ("172.31.0.1", None, True),
        ("192.168.1.1", None, True),
        ("fd12::1", None, True),
        ("172.32.0.1", None, False),
        ("8.8.8.8", None, False),
        ("127.0.0.1", None, False),
        ("169.254.169.254", None, False),
        ("fd00:ec2::254", None, False),
        ("fe80::1", None, False),
        ("::1", None, False),
        ("0.0.0.0", ["0.0.0.0/0"], False),
        ("127.0.0.1", ["0.0.0.0/0", "::/0"], False),
        ("::ffff:127.0.0.1", ["0.0.0.0/0", "::/0"], False),
        ("::ffff:10.0.0.1", ["10.0.0.0/8"], True),
        ("64:ff9b::127.0.0.1", ["::/0", "0.0.0.0/0"], False),
        ("64:ff9b::169.254.169.254", ["64:ff9b::/96"], False),
        ("64:ff9b:1::169.254.169.254", ["::/0"], False),
        ("64:ff9b::10.0.0.1", ["10.0.0.0/8"], True),
        ("2002:7f00:1::", ["::/0"], False),
        ("2002:a9fe:a9fe::1", ["2002::/16"], False),
        ("::127.0.0.1", ["::/0"], False),
        ("::", ["::/0"], False),
        ("169.254.169.254", ["0.0.0.0/0"], False),
        ("100.100.100.200", ["100.64.0.0/10"], False),
        ("127.0.0.1", ["127.0.0.0/8"], True),
        ("127.0.0.1", ["127.0.0.1/32"], True),
        ("127.0.0.2", ["127.0.0.1/32"], False),
        ("169.254.7.7", ["169.254.7.0/24"], True),
        ("::1", ["::1/128"], True),
        ("8.8.8.8", ["8.8.8.0/24"], True),
    ],
)
def test_a_stream_leads_only_into_the_networks_that_are_meant(
    address: str, networks: list[str] | None, allowed: bool
) -> None:
    given = PRIVATE_NETWORKS if networks is None else [ip_network(it) for it in networks]
    assert may_lead_to(ip_address(address), given) is allowed
