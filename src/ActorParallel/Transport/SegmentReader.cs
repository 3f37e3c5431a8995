namespace ActorParallel.Transport;

/// <summary>
/// Maps the segments of other processes, to read. Mappings are kept, most recently used first and up to a bound, because their
/// owner uses the files again. All threads may use it.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    readonly Lock _gate = new();
    readonly string _directory;
    readonly long _keep;
    readonly Dictionary<string, LinkedListNode<SharedMap>> _byName = [];
    readonly LinkedList<SharedMap> _newestFirst = [];
    long _kept;
    bool _disposed;

    /// <param name="directory">The folder of the stores.</param>
    /// <param name="keepBytes">Mappings kept while nobody reads them, in bytes; default 256 MB.</param>
    public SegmentReader(string directory, long keepBytes = SegmentStore.DefaultKept) => (_directory, _keep) = (directory, keepBytes);

    /// <summary>Bytes mapped, being read or kept.</summary>
    public long MappedBytes
    {
        get
        {
            lock (_gate)
            {
                return _kept;
            }
        }
    }

    /// <summary>The first bytes of a segment. Dispose what comes back when it is read.</summary>
    /// <exception cref="FileNotFoundException">Its owner deleted it.</exception>
    /// <exception cref="IOException">It is shorter than that, or the name is no file's name.</exception>
    public MappedSegment Open(string fileName, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if (fileName.Length == 0 || fileName is "." or ".." || fileName.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
        {
            throw new IOException($"'{fileName}' is not the name of a segment: names have no folder.");
        }

        var path = Path.Combine(_directory, fileName);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var now = SharedMap.Identify(path);
            if (_byName.TryGetValue(fileName, out var known))
            {
                if (known.Value.Identity == now && known.Value.Map.Length >= length)
                {
                    _newestFirst.Remove(known);
                    _newestFirst.AddFirst(known);
                    known.Value.Readers++;
                    return new MappedSegment(this, known.Value, length);
                }

                Forget(known);
            }

            if (now is null)
            {
                throw new FileNotFoundException($"The segment {path} is gone: its owner deleted it or ended.", path);
            }

            var fresh = new SharedMap(fileName, FileMap.OpenRead(path, length), now.Value) { Readers = 1 };
            _byName.Add(fileName, _newestFirst.AddFirst(fresh));
            _kept += fresh.Map.Length;
            Trim();
            return new MappedSegment(this, fresh, length);
        }
    }

    internal void Release(SharedMap map)
    {
        lock (_gate)
        {
            if (--map.Readers == 0)
            {
                if (map.Forgotten)
                {
                    map.Map.Dispose();
                }
                else
                {
                    Trim();
                }
            }
        }
    }

    void Trim()
    {
        for (var node = _newestFirst.Last; node is not null && _kept > _keep;)
        {
            var previous = node.Previous;
            if (node.Value.Readers == 0)
            {
                Forget(node);
            }

            node = previous;
        }
    }

    // Whoever reads it reads on; the last one unmaps.
    void Forget(LinkedListNode<SharedMap> node)
    {
        _newestFirst.Remove(node);
        _byName.Remove(node.Value.FileName);
        _kept -= node.Value.Map.Length;
        node.Value.Forgotten = true;
        if (node.Value.Readers == 0)
        {
            node.Value.Map.Dispose();
        }
    }

    /// <summary>Unmaps what nobody reads now, and the rest when it is disposed.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_newestFirst.First is { } node)
            {
                Forget(node);
            }
        }
    }
}
