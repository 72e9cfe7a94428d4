"""How a system of kind `http` is described, and where its secrets come from. Free of I/O.

```yaml
systems:
  crm-api:
    kind: http
    base_url: https://crm.example/api/v2       # plain http only on loopback, or with `insecure: true`
    headers:
      Authorization: {env: CRM_TOKEN, prefix: "Bearer "}   # a secret: only its variable's name is here
      X-Tenant: acme
    timeout: 10                                # seconds for each step of a request, and for a whole answer
    max_bytes: 1048576                         # the longest answer that is read
    probe: /health                             # what is asked to see whether it answers; default /
```

Certificates are always verified, against the platform's usual authorities or those of SSL_CERT_FILE.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from lineclear.adapters.connectors.definitions import Model
from lineclear.application.ports import ToolFailed

HEADER = r"\A[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}\z"
"""A field name (RFC 9110 section 5.1)."""

PLAIN = re.compile(r"/[A-Za-z0-9/._~!$&'()*+,;=:@%-]*")
"""An absolute path as it is sent (RFC 3986 section 3.3)."""

OWN = frozenset(
    [
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "te",
        "upgrade",
        "trailer",
        "expect",
        "accept-encoding",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since",
        "if-range",
        "range",
    ]
)
"""Fields that the connector or the protocol sets."""

_SECRETIVE = re.compile(r"auth|cookie|token|secret|password|api-?key|session", re.IGNORECASE)
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_REDACTED = "[secret]"
_SHORTEST_SECRET = 4

type Environment = Callable[[str], str | None]


class Secret(Model):
    """A header's value that only the environment knows."""

    env: Annotated[str, Field(pattern=r"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    prefix: Annotated[str, Field(pattern=r"\A[\x20-\x7e]*\z")] = ""


def is_plain(path: str) -> bool:
    """Whether a path is sent as it is written: no dot segments, no empty ones, nothing to be escaped."""
    return PLAIN.fullmatch(path) is not None and not re.search(r"//|/\.{1,2}(/|\Z)", path)


class HttpSystem(Model):
    """A provider with JSON resources behind one address."""

    kind: Literal["http"]
    base_url: str
    headers: dict[Annotated[str, Field(pattern=HEADER)], str | Secret] = Field(default_factory=dict)
    timeout: Annotated[float, Field(gt=0, le=60)] = 10
    max_bytes: Annotated[int, Field(ge=1, le=16_777_216)] = 1_048_576
    probe: str = "/"
    insecure: bool = False

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address starts with https:// and names a host")
        if "@" in parts.netloc:
            raise ValueError("no user and no password stand in the address; name a header's variable instead")
        if "?" in text or "#" in text or not is_plain(parts.path or "/") or not text.isascii():
            raise ValueError("the address ends with a plain path")
        return text.rstrip("/")

    @field_validator("probe")
    @classmethod
    def _is_path(cls, text: str) -> str:
        if not is_plain(text):
            raise ValueError("what is asked is a plain path that starts with /")
        return text

    @field_validator("headers")
    @classmethod
    def _hold_no_secret(cls, headers: dict[str, str | Secret]) -> dict[str, str | Secret]:
        for name, value in headers.items():
            if name.lower() in OWN:
                raise ValueError(f"{name} is set by the connector")
            if isinstance(value, str) and _SECRETIVE.search(name):
                raise ValueError(f"{name} is a secret: name its environment variable, as {{env: NAME}}")
            if isinstance(value, str) and not _VALUE.fullmatch(value):
                raise ValueError(f"the value of {name} is one line of printable ASCII")
        return headers

    @model_validator(mode="after")
    def _is_secure(self) -> Self:
        parts = urlsplit(self.base_url)
        if parts.scheme == "http" and not (self.insecure or _is_loopback(parts.hostname or "")):
            raise ValueError("plain http to another machine can be read and changed; use https://")
        return self

    def sent(self, environment: Environment) -> Mapping[str, str]:
        """The headers with their secrets; ToolFailed("denied") where the environment does not have one."""
        return {
            name: value if isinstance(value, str) else _filled(name, value, environment)
            for name, value in self.headers.items()
        }

    def redacted(self, text: str, environment: Environment) -> str:
        """The text without any secret of this system that a provider may have echoed."""
        for value in self.headers.values():
            secret = environment(value.env) if isinstance(value, Secret) else None
            if secret and len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, _REDACTED)
        return text


def _filled(name: str, value: Secret, environment: Environment) -> str:
    secret = environment(value.env)
    if not secret:
        raise ToolFailed("denied", f"The variable {value.env} is not set; {name} needs it. Nothing was sent.")
    if not _VALUE.fullmatch(value.prefix + secret):
        raise ToolFailed(
            "denied", f"The variable {value.env} is no line of printable ASCII. Nothing was sent."
        )
    return value.prefix + secret


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
