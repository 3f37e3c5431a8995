"""What the cluster peers share: a scenario for each line of standard input, a line of JSON as its answer."""
import json
import sys
import time


def seconds(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def latency(n, call):
    """Median and 99th percentile of n calls one after the other, in microseconds."""
    for _ in range(max(1, n // 10)):
        call()
    took = sorted(seconds(call) * 1e6 for _ in range(n))
    return [took[n // 2], took[n * 99 // 100]]


def resident(pid):
    """Megabytes of memory a process holds."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))


def serve(peer):
    """Runs what is asked until standard input ends."""
    try:
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = {"figures": getattr(peer, request.pop("run"))(**request)}
            except Exception as error:
                answer = {"error": repr(error)}
            print(json.dumps(answer), flush=True)
    finally:
        peer.close()
