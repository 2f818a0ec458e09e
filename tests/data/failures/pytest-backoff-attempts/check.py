from retry import RetriesExhaustedError, call_with_retries


def flaky(failures, log):
    def call():
        log.append("call")
        if len(log) <= failures:
            raise ConnectionResetError(str(len(log)))
        return "done"

    return call


for attempts in (1, 2, 3, 5):
    calls, delays = [], []
    assert call_with_retries(flaky(attempts - 1, calls), attempts, delays.append, 0.5) == "done"
    assert len(calls) == attempts and delays == [0.5 * 2**n for n in range(attempts - 1)], (attempts, delays)
    calls, delays = [], []
    try:
        call_with_retries(flaky(99, calls), attempts, delays.append)
    except RetriesExhaustedError as error:
        assert isinstance(error.__cause__, ConnectionResetError)
    else:
        raise SystemExit("endless failure must be reported")
    assert len(calls) == attempts and len(delays) == attempts - 1
