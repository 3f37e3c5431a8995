"""A cluster of Dask's distributed as a peer, on this machine, a process a worker; see peer.py.

usage: distributed_cluster.py workers
line:  {"run": "tiny", "n": 5000}
"""
import logging
import sys

import functions
import numpy
import peer
from distributed import Client, LocalCluster


class Cluster:
    def __init__(self, workers):
        self.cluster = LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL)
        self.client = Client(self.cluster)

    def close(self):
        self.client.close()
        self.cluster.close()


class Peer:
    def __init__(self, workers):
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        self.workers = workers
        self.cluster = None

    def started(self):
        if self.cluster is None:
            self.cluster = Cluster(self.workers)
            self.cluster.client.run(functions.one)
        return self.cluster.client

    def first_result(self):
        cluster = None

        def run():
            nonlocal cluster
            cluster = Cluster(self.workers)
            assert list(cluster.client.run(functions.one).values()) == [1] * self.workers
        took = peer.seconds(run)
        cluster.close()
        return [took * 1e3]

    def idle(self):
        return [max(peer.resident(pid) for pid in self.started().run(functions.pid).values())]

    def tiny(self, n):
        client = self.started()

        def run():
            results = [client.submit(functions.one, pure=False) for _ in range(n)]
            assert sum(client.gather(results)) == n
        return [n / peer.seconds(run)]

    def map(self, n):
        client = self.started()
        return [n / peer.seconds(lambda: client.gather(client.map(functions.square, range(n), pure=False)))]

    def round_trip(self, n):
        client = self.started()
        return peer.latency(n, lambda: client.submit(functions.one, pure=False).result())

    def scatter_gather(self, megabytes):
        client = self.started()
        data = numpy.arange(megabytes * (1 << 20) // 8, dtype=numpy.float64)

        def run():
            parts = client.scatter(numpy.array_split(data, self.workers), hash=False)
            back = numpy.concatenate(client.gather(parts))
            assert len(back) == len(data) and back[-1] == data[-1]
        return [2 * megabytes / peer.seconds(run)]

    def close(self):
        if self.cluster:
            self.cluster.close()


if __name__ == "__main__":
    peer.serve(Peer(int(sys.argv[1])))
