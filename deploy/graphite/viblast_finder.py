"""Whisper files for graphite-web: as it finds and reads them, but what carbon hasn't written yet is asked of it once for all series of a request."""

import pickle
import socket
import struct
from collections import defaultdict

from django.conf import settings
from graphite.carbonlink import CarbonLink
from graphite.finders.standard import StandardFinder
from graphite.logger import log
from graphite.readers import WhisperReader
from graphite.readers.utils import merge_with_cache

# Of one question: carbon does nothing else while it answers.
_METRICS_MAX = 1000


class Finder(StandardFinder):
    def find_multi(self, queries):
        """All files of all patterns; graphite-web reads each of them then."""
        found = list(super().find_multi(queries))
        leaves = [node for node, _ in found if node.is_leaf and type(node.reader) is WhisperReader]
        waiting = _waiting_points([leaf.reader.real_metric_path for leaf in leaves])
        for leaf in leaves:
            leaf.reader = _Reader(leaf.reader, waiting)
        return found


class _Reader(WhisperReader):
    """A file, and the points of it that carbon had before it was opened."""

    __slots__ = ('waiting',)

    def __init__(self, reader, waiting):
        super().__init__(reader.fs_path, reader.real_metric_path)
        self.waiting = waiting.get(reader.real_metric_path)

    def fetch(self, startTime, endTime, now=None, requestContext=None):
        try:
            data = self.fetch_data(startTime, endTime, now=now)
        except IOError:
            log.exception("Failed fetch of whisper file '%s'" % self.fs_path)
            return None
        if not data or not self.waiting:
            return data
        time_info, values = data
        start, _, step = time_info
        method = self.info()['aggregationMethod']
        return time_info, merge_with_cache(self.waiting, start, step, values, func=method, raw_step=self.get_raw_step())


def _waiting_points(metrics):
    """By metric: (timestamp, value) of what a carbon has and hasn't written. A carbon that can't be asked has none."""
    pool = CarbonLink()
    if not pool.hosts:
        return {}
    by_host = defaultdict(list)
    for metric in metrics:
        by_host[pool.select_host(metric)].append(metric)
    waiting = {}
    for host, of_host in by_host.items():
        for start in range(0, len(of_host), _METRICS_MAX):
            try:
                waiting.update(_ask(pool, host, of_host[start:start + _METRICS_MAX]))
            except Exception:
                log.exception('Failed CarbonLink query of %d metrics' % len(of_host))
                break
    return waiting


def _ask(pool, host, metrics):
    request = pickle.dumps({'type': 'cache-query-bulk', 'metrics': metrics}, protocol=settings.CARBONLINK_PICKLE_PROTOCOL)
    # A connection that was kept may be of a carbon that is gone: then all of them are, and a new one is tried.
    kept = len(pool.connections[host])
    for attempt in range(kept + 1):
        connection = pool.get_connection(host)
        try:
            connection.sendall(struct.pack('!L', len(request)) + request)
            result = pool.recv_response(connection)
        except Exception as error:
            connection.close()
            if attempt == kept or isinstance(error, socket.timeout):
                raise
        else:
            pool.connections[host].add(connection)
            return result['datapointsByMetric']
