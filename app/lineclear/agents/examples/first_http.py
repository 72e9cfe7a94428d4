"""A first call by plain HTTP, with nothing but Python's own library: the same in any language.

LINECLEAR_URL and LINECLEAR_TOKEN say where, and as whom. /openapi.json describes every address.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
import uuid
from typing import Any

CAPABILITY = "issue_refund"
TOOL = "payments.create_refund"
ARGUMENTS = {"payment_id": "pay_5013", "amount": "60.00", "currency": "USD", "reason": "duplicate"}
SETTLED = {
    "cleared",
    "succeeded",
    "failed",
    "unknown",
    "denied",
    "rejected",
    "expired",
    "stopped",
    "withdrawn",
}
OWN = False  # whether the agent makes the call itself: a tool of a system of kind agent


def ask(method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  # whatever JSON is answered
    """One exchange. Every write has a key of its own; sent again with the same key, it happens once."""
    headers = {
        "Authorization": f"Bearer {os.environ['LINECLEAR_TOKEN']}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    data = None if body is None else json.dumps(body).encode()
    url = os.environ["LINECLEAR_URL"].rstrip("/") + path
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310  # the backend's own address
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
            return json.load(answer)
    except urllib.error.HTTPError as refused:  # its body says why, and what to do
        raise SystemExit(refused.read().decode()) from None


def main() -> None:
    job = ask("POST", "/v1/jobs", {"goal": "First call by plain HTTP"})
    payload = {"capability": CAPABILITY, "tool": TOOL, "arguments": ARGUMENTS}
    action = ask("POST", "/v1/actions", {"job": job["id"], "payload": payload, "why": "first call"})
    while action["status"] not in SETTLED or (action["status"] == "cleared" and not OWN):
        action = ask("GET", f"/v1/actions/{action['id']}?wait=25")  # answered when something changes
    if action["status"] == "cleared":
        order = ask("POST", f"/v1/actions/{action['id']}/consume", {})
        print("Your own code makes the call with", order["payload"]["arguments"])  # noqa: T201  # its answer
        action = ask("POST", f"/v1/actions/{action['id']}/outcome", {"outcome": "succeeded"})
    ask("POST", f"/v1/jobs/{job['id']}/end", {"outcome": "completed"})
    print(action["status"])  # noqa: T201  # the program's answer


if __name__ == "__main__":
    main()
