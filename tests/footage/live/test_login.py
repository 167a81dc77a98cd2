"""Answers to a server that asks who is there."""

from __future__ import annotations

import pytest

from detector.footage.live.contract import StreamError
from detector.footage.live.endpoint import Login
from detector.footage.live.login import Credentials, digest

MUFASA = Login("Mufasa", "Circle of Life")


def parts(header: str) -> dict[str, str]:
    listed = header.removeprefix("Digest ").split(", ")
    return {name: value.strip('"') for name, _, value in (it.partition("=") for it in listed)}


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_are_answered_as_there(algorithm: str, response: str) -> None:
    challenge = {
        "realm": "http-auth@example.org",
        "qop": "auth, auth-int",
        "algorithm": algorithm,
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    }
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    answer = parts(digest(MUFASA, challenge, ("GET", "/dir/index.html"), (1, cnonce)))
    assert answer["response"] == response
    assert (answer["nc"], answer["qop"], answer["algorithm"]) == ("00000001", "auth", algorithm)
    assert answer["opaque"] == challenge["opaque"]


def test_an_old_camera_that_offers_no_quality_is_answered_as_rfc_2069_says() -> None:
    challenge = {"realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}
    login = Login("Mufasa", "Circle Of Life")
    answer = parts(digest(login, challenge, ("GET", "/dir/index.html"), (1, "x")))
    assert answer["response"] == "670fd8c2df070c60b045671b8b24ff02"
    assert "qop" not in answer


def test_the_strongest_that_is_offered_and_known_is_answered() -> None:
    offers = [
        'Basic realm="cam"',
        'Digest realm="cam", nonce="n", qop="auth", algorithm=MD5',
        'Digest realm="cam", nonce="n", qop="auth", algorithm=SHA-256',
        'Digest realm="cam", nonce="n", qop="auth", algorithm=SHA-512-256',
    ]
    credentials = Credentials(MUFASA)
    assert credentials.learn(offers)
    header = credentials.header("GET", "/")
    assert header is not None
    assert parts(header)["algorithm"] == "SHA-256"
    assert credentials.learn(['BASIC realm="cam"'])
    assert credentials.header("GET", "/") == "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl"


@pytest.mark.parametrize("offer", ["Negotiate", 'Digest realm="x", nonce="y", qop="auth-int"', ""])
def test_what_cannot_be_answered_is_not(offer: str) -> None:
    credentials = Credentials(MUFASA)
    assert not credentials.learn([offer])
    assert credentials.header("GET", "/") is None


def test_a_challenge_that_cannot_be_read_is_told() -> None:
    with pytest.raises(StreamError, match="cannot be read"):
        Credentials(MUFASA).learn(["Digest realm"])
