"""A cluster of IPython Parallel as a peer; see peer.py.

usage: ipyparallel_cluster.py engines
line:  {"run": "tiny", "n": 2000}
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import functions
import numpy
import peer


class Cluster:
    """What `ipcluster start -n N` starts, with a client; in a folder of its own."""

    def __init__(self, engines):
        self.folder = tempfile.mkdtemp(prefix="ipyparallel-peer-")
        os.environ["IPYTHONDIR"] = self.folder
        os.environ["PYTHONPATH"] = os.path.dirname(os.path.abspath(__file__))
        import ipyparallel
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ipyparallel.cluster", "start", "-n", str(engines)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        path = os.path.join(self.folder, "profile_default", "security", "ipcontroller-client.json")
        self.client = None
        deadline = time.monotonic() + 60
        while self.client is None:
            try:
                if os.path.exists(path):
                    self.client = ipyparallel.Client(path, timeout=30)
                    continue
            except (OSError, ValueError):
                pass  # The file is being written.
            if time.monotonic() > deadline:
                raise TimeoutError("ipcluster's controller did not come within 60 s")
            time.sleep(0.01)
        self.client.wait_for_engines(engines, timeout=60, interactive=False)

    def close(self):
        if self.client:
            self.client.close()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Peer:
    def __init__(self, engines):
        self.engines = engines
        self.cluster = None

    def started(self):
        if self.cluster is None:
            self.cluster = Cluster(self.engines)
            self.cluster.client[:].apply_sync(functions.one)
        return self.cluster.client

    def first_result(self):
        cluster = None

        def run():
            nonlocal cluster
            cluster = Cluster(self.engines)
            assert cluster.client[:].apply_sync(functions.one) == [1] * self.engines
        took = peer.seconds(run)
        cluster.close()
        return [took * 1e3]

    def idle(self):
        pids = self.started()[:].apply_sync(functions.pid)
        return [max(peer.resident(pid) for pid in pids)]

    def tiny(self, n):
        client = self.started()
        view = client.load_balanced_view()

        def run():
            results = [view.apply_async(functions.one) for _ in range(n)]
            assert sum(r.get() for r in results) == n
        took = peer.seconds(run)
        client.purge_everything()
        return [n / took]

    def map(self, n):
        client = self.started()
        view = client.load_balanced_view()
        took = peer.seconds(lambda: list(view.map_async(functions.square, range(n))))
        client.purge_everything()
        return [n / took]

    def round_trip(self, n):
        view = self.started().load_balanced_view()
        return peer.latency(n, lambda: view.apply_sync(functions.one))

    def scatter_gather(self, megabytes):
        client = self.started()
        view = client[:]
        data = numpy.arange(megabytes * (1 << 20) // 8, dtype=numpy.float64)

        def run():
            view.scatter("x", data, block=True)
            back = view.gather("x", block=True)
            assert len(back) == len(data) and back[-1] == data[-1]
        took = peer.seconds(run)
        client.purge_everything()
        return [2 * megabytes / took]

    def close(self):
        if self.cluster:
            self.cluster.close()


if __name__ == "__main__":
    peer.serve(Peer(int(sys.argv[1])))
