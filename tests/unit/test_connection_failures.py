"""What a failed connection says, in words for people."""

import pytest

from lineclear.wire.failures import words_of


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (OSError(-2, "Name or service not known"), "Name or service not known"),
        (RuntimeError("[Errno 104] Connection reset by peer."), "Connection reset by peer"),
        (RuntimeError("certificate verify failed: expired"), "certificate verify failed: expired"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_failed_connection_is_told_without_the_system_s_number(error: Exception, said: str):
    assert words_of(error) == said
