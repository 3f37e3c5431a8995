"""Python's multiprocessing.Pool as a peer: runs a scenario for each line of standard input, answers with a line of JSON.

usage: multiprocessing_pool.py fork|spawn workers
line:  {"run": "gather", "n": 20000}
"""
import json
import multiprocessing
import os
import sys
import time

_made = {}


def one():
    return 1


def square(x):
    return x * x


def length(b):
    return len(b)


def make(n):
    if n not in _made:
        _made[n] = os.urandom(n)
    return _made[n]


def seconds(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


class Peer:
    def __init__(self, method, workers):
        self.context = multiprocessing.get_context(method)
        self.workers = workers
        self.pool = self.context.Pool(workers)
        self.pool.apply(one)

    def gather(self, n):
        def run():
            results = [self.pool.apply_async(one) for _ in range(n)]
            assert sum(r.get() for r in results) == n
        return [n / seconds(run)]

    def map(self, n):
        def run():
            assert self.pool.map(square, range(n))[-1] == (n - 1) ** 2
        return [n / seconds(run)]

    def argument(self, n, megabytes):
        value = os.urandom(megabytes << 20)

        def run():
            for _ in range(n):
                assert self.pool.apply(length, (value,)) == len(value)
        self.pool.apply(length, (value,))
        return [n * megabytes / seconds(run)]

    def result(self, n, megabytes):
        size = megabytes << 20

        def run():
            for _ in range(n):
                assert len(self.pool.apply(make, (size,))) == size
        for _ in range(2 * self.workers):
            self.pool.apply(make, (size,))
        return [n * megabytes / seconds(run)]

    def round_trip(self, n):
        def call():
            self.pool.apply(one)
        for _ in range(n // 10):
            call()
        took = sorted(seconds(call) * 1e6 for _ in range(n))
        return [took[n // 2], took[n * 99 // 100]]

    def first_result(self):
        pool = None

        def run():
            nonlocal pool
            pool = self.context.Pool(self.workers)
            assert pool.apply(one) == 1
        took = seconds(run)
        pool.terminate()
        pool.join()
        return [took * 1e3]


def main():
    peer = Peer(sys.argv[1], int(sys.argv[2]))
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"figures": getattr(peer, request.pop("run"))(**request)}
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)
    peer.pool.terminate()
    peer.pool.join()


if __name__ == "__main__":
    main()
