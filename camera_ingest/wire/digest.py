"""HTTP authentication as RTSP uses it: Basic (RFC 7617), Digest MD5 and SHA-256 (RFC 7616)."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

PARAMETER = re.compile(r'([A-Za-z0-9_-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')
ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True, slots=True)
class Credentials:
    user: str
    password: str = field(repr=False)  # never into a log


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a 401 asks for; `algorithm` None means Basic."""

    realm: str
    algorithm: str | None = None
    nonce: str = ""
    opaque: str | None = None
    qop_auth: bool = False


def parse_parameters(text: str) -> dict[str, str]:
    """Return the name=value pairs of an authentication header, names in lower case."""
    return {
        found[1].lower(): found[2].replace('\\"', '"') if found[2] is not None else found[3]
        for found in PARAMETER.finditer(text)
    }


def strongest(headers: Iterable[str]) -> Challenge | None:
    """Return the best challenge we can answer: SHA-256, then MD5, then Basic; None for none."""
    found = [challenge for header in headers if (challenge := _parse(header))]
    order = ["SHA-256", "MD5", None]
    return min(found, key=lambda one: order.index(one.algorithm), default=None)


def _parse(header: str) -> Challenge | None:
    scheme, _, rest = header.strip().partition(" ")
    given = parse_parameters(rest)
    if scheme.lower() == "basic":
        return Challenge(realm=given.get("realm", ""))
    algorithm = given.get("algorithm", "MD5").upper()
    if scheme.lower() != "digest" or algorithm not in ALGORITHMS or "nonce" not in given:
        return None
    qops = [word.strip() for word in given.get("qop", "").split(",")]
    return Challenge(
        given.get("realm", ""), algorithm, given["nonce"], given.get("opaque"), "auth" in qops
    )


def authorization(
    challenge: Challenge,
    credentials: Credentials,
    *,
    method: str,
    uri: str,
    count: int,
    client_nonce: str,
) -> str:
    """Return the Authorization header; `count` is how often this nonce has been used, from 1."""
    if challenge.algorithm is None:
        joined = f"{credentials.user}:{credentials.password}".encode()
        return "Basic " + base64.b64encode(joined).decode()
    given = {
        "username": credentials.user,
        "realm": challenge.realm,
        "nonce": challenge.nonce,
        "uri": uri,
        "nc": f"{count:08x}",
        "cnonce": client_nonce,
    }
    given["response"] = _response(challenge, credentials.password, method, given)
    quoted = [name for name in given if name not in ("nc", "cnonce")]
    text = ", ".join(f'{name}="{given[name]}"' for name in quoted)
    text += f", algorithm={challenge.algorithm}"
    if challenge.opaque is not None:
        text += f', opaque="{challenge.opaque}"'
    if challenge.qop_auth:
        text += f', qop=auth, nc={given["nc"]}, cnonce="{client_nonce}"'
    return "Digest " + text


def _response(challenge: Challenge, password: str, method: str, given: dict[str, str]) -> str:
    def digest(text: str) -> str:
        return hashlib.new(ALGORITHMS[challenge.algorithm or "MD5"], text.encode()).hexdigest()

    secret = digest(f"{given['username']}:{challenge.realm}:{password}")
    request = digest(f"{method}:{given['uri']}")
    if challenge.qop_auth:
        middle = f"{challenge.nonce}:{given['nc']}:{given['cnonce']}:auth"
        return digest(f"{secret}:{middle}:{request}")
    return digest(f"{secret}:{challenge.nonce}:{request}")


def challenge_header(challenge: Challenge) -> str:
    """Return the WWW-Authenticate value a server sends."""
    if challenge.algorithm is None:
        return f'Basic realm="{challenge.realm}"'
    text = f'Digest realm="{challenge.realm}", nonce="{challenge.nonce}"'
    text += f", algorithm={challenge.algorithm}"
    return text + (', qop="auth"' if challenge.qop_auth else "")


def verify(header: str, challenge: Challenge, credentials: Credentials, *, method: str) -> bool:
    """True when the Authorization header answers the challenge with the right password."""
    scheme, _, rest = header.strip().partition(" ")
    if challenge.algorithm is None:
        expected = authorization(
            challenge, credentials, method=method, uri="", count=1, client_nonce=""
        )
        return hmac.compare_digest(header.strip(), expected)
    given = {"nc": "", "cnonce": "", **parse_parameters(rest)}
    if scheme.lower() != "digest" or not {"username", "nonce", "uri", "response"} <= given.keys():
        return False
    if given["username"] != credentials.user or given["nonce"] != challenge.nonce:
        return False
    return hmac.compare_digest(
        given["response"], _response(challenge, credentials.password, method, given)
    )
