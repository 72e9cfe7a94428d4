"""What the HTTP connector keeps to itself, whom it trusts, and what it makes of odd answers."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lineclear.adapters.connectors.http.connector import HttpConnector
from lineclear.adapters.connectors.http.tools import HttpTool
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from lineclear.domain.effects import HealthState
from support.http_desk import (
    ARGUMENTS,
    PATCH,
    POST,
    answering,
    response,
)
from support.provider import Behaviour, Fault, Provider
from support_connectors import made
from support_http_system import CUSTOMERS, http_connector

# Secrets and certificates

SECRET = "s3cr3t-t0ken"
WITH_SECRET = {"headers": {"Authorization": {"env": "CRM_TOKEN", "prefix": "Bearer "}}}


def test_a_secret_comes_from_the_environment_and_goes_nowhere_else(provider, tmp_path, caplog):
    provider.set_behaviour(Behaviour(token=SECRET))
    tools = {"tool": made(HttpTool, PATCH)}

    def connector(environment: Mapping[str, str]) -> HttpConnector:
        return http_connector(
            provider.url, tools, tmp_path / "journal", settings=WITH_SECRET, environment=environment
        )

    with caplog.at_level(logging.DEBUG):
        effect = connector({"CRM_TOKEN": SECRET}).apply("tool", ARGUMENTS, expected='"0"', key="key-1")
        assert effect.after["email"] == "new@example.org"
        with pytest.raises(ToolFailed) as error:
            connector({"CRM_TOKEN": "wr0ng-t0ken"}).preview("tool", ARGUMENTS)
    assert error.value.code == "denied"
    assert "not with Bearer [secret]" in str(error.value)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("lineclear")]
    assert not any(SECRET in line for line in ours)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "journal").rglob("*") if path.is_file())
    assert SECRET.encode() not in kept


@pytest.mark.parametrize("value", [None, "", "two\nlines", "caf\u00e9"])
def test_without_a_usable_secret_nothing_is_sent(provider, tmp_path, value):
    environment = {} if value is None else {"CRM_TOKEN": value}
    connector = http_connector(
        provider.url, {"tool": made(HttpTool, PATCH)}, tmp_path, settings=WITH_SECRET, environment=environment
    )
    with pytest.raises(ToolFailed, match="CRM_TOKEN") as error:
        connector.preview("tool", ARGUMENTS)
    assert error.value.code == "denied"
    assert connector.probe().state is HealthState.DENIED


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made_out = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=20_000))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "provider.pem"
    path.write_bytes(private + made_out.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_that_nobody_vouches_for_ends_it_before_anything_is_sent(tmp_path, monkeypatch):
    pem = certificate(tmp_path)
    tools = {"tool": made(HttpTool, PATCH)}
    with Provider(tmp_path / "provider", resources=CUSTOMERS, certificate=pem) as provider:
        with pytest.raises(ToolFailed, match=r"certificate") as error:
            http_connector(provider.url, tools, tmp_path / "journal").preview("tool", ARGUMENTS)
        assert error.value.code == "unreachable"
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        trusting = http_connector(provider.url, tools, tmp_path / "journal")
        assert trusting.apply("tool", ARGUMENTS, expected='"0"', key="key-1").reference == '"1"'


# Answers that no well-meaning provider gives


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (response(body=b'{"a": 1, "a": 2}'), "invalid"),
        (response(body=b"null"), "invalid"),
        (response(body=b"[1]"), "invalid"),
        (response(body=b"<html>"), "invalid"),
        (response(body=b""), "invalid"),
        (response(body=b'{"a": 0.1000000000000000055}'), "invalid"),
        (response("Content-Encoding: gzip", body=b"\x1f\x8b\x08"), "invalid"),
        (response(body=b'{"a": "' + b"x" * 2_000 + b'"}'), "invalid"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + b" " * 2_000, "invalid"),
        (response(status="204 No Content", body=b""), "invalid"),
        (response("Location: http://127.0.0.1:1/x", status="302 Found"), "invalid"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 3\r\n\r\n{}", "unreachable"),
        (b"", "unreachable"),
    ],
)
def test_an_odd_answer_is_no_resource(tmp_path, answer, code):
    with answering(answer) as (url, heard):
        connector = http_connector(
            url, {"tool": made(HttpTool, PATCH)}, tmp_path, settings={"max_bytes": 1_000}
        )
        with pytest.raises(ToolFailed) as error:
            connector.preview("tool", ARGUMENTS)
        assert error.value.code == code
        assert len(str(error.value)) < 400
        assert len(heard) == 1


def test_a_proxy_of_the_environment_never_sees_a_request(provider, desk, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert desk(PATCH).apply().reference == '"1"'


def test_nothing_of_one_answer_comes_back_with_the_next_request(tmp_path):
    with answering(response("Set-Cookie: a=b", body=b'{"name": "Ada"}')) as (url, heard):
        connector = http_connector(url, {"tool": made(HttpTool, PATCH)}, tmp_path)
        connector.preview("tool", ARGUMENTS)
        connector.preview("tool", ARGUMENTS)
        assert len(heard) == 2
        assert b"cookie" not in heard[1].lower()


@pytest.mark.parametrize(
    "location",
    ["https://elsewhere.example/x", "//elsewhere.example/x", "/api/../x", "/other", "http://[", "/api/ä"],
)
def test_a_location_elsewhere_is_no_place_for_an_undo(tmp_path, location):
    tool = made(HttpTool, POST.replace("DELETE /customers/{args.id}/notes/{made.id}", "DELETE location"))
    body = b'{"name": "Ada"}'
    with answering(response(f"Location: {location}", body=body)) as (url, heard):
        connector = http_connector(f"{url}/api", {"tool": tool}, tmp_path)
        version = connector.preview("tool", ARGUMENTS).version
        effect = connector.apply("tool", ARGUMENTS, expected=version, key="key-1")
        with pytest.raises(ToolFailed, match="by hand"):
            connector.preview_undo("tool", effect.receipt)
        assert not any(request.startswith(b"DELETE") for request in heard)


def test_an_answer_that_drips_for_ever_is_given_up(provider, desk):
    at = desk(PATCH)
    version = at.version()
    ticking = iter(range(1_000_000))
    connector = http_connector(
        provider.url, {"tool": at.tool}, at.journal, settings={"timeout": 2}, now=lambda: next(ticking)
    )
    provider.set_behaviour(Behaviour(Fault.DRIPPING))
    with pytest.raises(ToolOutcomeUnknown, match="does not end"):
        connector.apply("tool", ARGUMENTS, expected=version, key="key-1")
