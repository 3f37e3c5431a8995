using System.Globalization;
using System.Numerics;

namespace ActorParallel.Transport;

/// <summary>
/// Memory-mapped files of one process that others on the machine read. What costs is a fresh file's pages, not copying: returned
/// segments stay mapped and are rented again, up to a bound and for a while. All threads may use it.
/// </summary>
internal sealed class SegmentStore : IDisposable
{
    public const long Smallest = 64 * 1024;
    public const long DefaultKept = 256L << 20;
    static readonly TimeSpan DefaultIdle = TimeSpan.FromSeconds(30);

    readonly Lock _gate = new();
    readonly string _directory, _prefix;
    readonly long _keep;
    readonly TimeSpan _idle;
    readonly TimeProvider _time;
    readonly ITimer _trim;
    readonly Dictionary<int, Segment> _rented = [];

    // Oldest first, all sizes; few enough to walk.
    readonly LinkedList<Segment> _free = [];
    int _count;
    bool _disposed;

    /// <param name="directory">A private folder.</param>
    /// <param name="prefix">Starts the files' names; another store in the same folder has another.</param>
    /// <param name="keepBytes">Returned segments kept for reuse, in bytes; default 256 MB.</param>
    /// <param name="idle">A returned segment unused for this long is deleted; default 30 s.</param>
    /// <param name="time">For tests.</param>
    public SegmentStore(string directory, string prefix, long keepBytes = DefaultKept, TimeSpan? idle = null, TimeProvider? time = null)
    {
        PrivateFolder.Verify(directory);
        (_directory, _prefix, _keep, _idle, _time) = (directory, prefix, keepBytes, idle ?? DefaultIdle, time ?? TimeProvider.System);
        _trim = _time.CreateTimer(static me => ((SegmentStore)me!).TrimIdle(), this, _idle, _idle);
    }

    /// <summary>Bytes mapped and waiting to be rented again.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>A segment of at least this many bytes; what it held before is still in it.</summary>
    /// <exception cref="IOException">There is no room for it; the message says how much is free.</exception>
    public Segment Rent(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 1L << 46);
        var size = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(length, Smallest));
        int id;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (TakeFree(size) is { } kept)
            {
                return Register(kept);
            }

            id = ++_count;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{id}.seg");
        var fresh = new Segment(id, name, Create(Path.Combine(_directory, name), size));
        lock (_gate)
        {
            if (!_disposed)
            {
                return Register(fresh);
            }
        }

        Delete(fresh);
        throw new ObjectDisposedException(nameof(SegmentStore));
    }

    // Room taken by segments kept for reuse is room: give it up before giving up.
    FileMap Create(string path, long size)
    {
        try
        {
            return FileMap.Create(path, size);
        }
        catch (IOException) when (KeptBytes > 0)
        {
            Trim(0);
            return FileMap.Create(path, size);
        }
    }

    Segment? TakeFree(long size)
    {
        for (var node = _free.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Length == size)
            {
                _free.Remove(node);
                KeptBytes -= size;
                return node.Value;
            }
        }

        return null;
    }

    Segment Register(Segment segment)
    {
        segment.IsRented = true;
        _rented.Add(segment.Id, segment);
        return segment;
    }

    public void Return(Segment segment) => Return(segment.Id);

    /// <summary>For reuse. Whoever still reads it may see what comes next in it. An id not rented (any more) is ignored.</summary>
    public void Return(int id)
    {
        lock (_gate)
        {
            if (!_rented.Remove(id, out var segment))
            {
                return;
            }

            segment.IsRented = false;
            if (!_disposed)
            {
                segment.FreeSince = _time.GetTimestamp();
                _free.AddLast(segment);
                KeptBytes += segment.Length;
                segment = null;
            }

            // Its file went when the store did.
            segment?.Unmap();
        }

        Trim(_keep);
    }

    void TrimIdle() => Trim(_keep, idleOnly: true);

    /// <summary>Deletes the segments returned longest ago until no more than this many bytes are kept.</summary>
    public void Trim(long keepBytes) => Trim(keepBytes, idleOnly: false);

    void Trim(long keepBytes, bool idleOnly)
    {
        List<Segment>? gone = null;
        lock (_gate)
        {
            while (_free.First is { Value: var oldest } && (KeptBytes > keepBytes || (idleOnly && _time.GetElapsedTime(oldest.FreeSince) >= _idle)))
            {
                _free.RemoveFirst();
                KeptBytes -= oldest.Length;
                (gone ??= []).Add(oldest);
            }
        }

        gone?.ForEach(Delete);
    }

    void Delete(Segment segment)
    {
        segment.Unmap();
        DeleteFile(segment);
    }

    void DeleteFile(Segment segment)
    {
        try
        {
            File.Delete(Path.Combine(_directory, segment.FileName));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The folder is gone, or Windows keeps a file that is mapped: it goes with the folder.
        }
    }

    /// <summary>Deletes every file. A segment still rented stays valid in this process until it is returned.</summary>
    public void Dispose()
    {
        Segment[] rented;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            rented = [.. _rented.Values];
        }

        _trim.Dispose();
        Trim(0);
        foreach (var segment in rented)
        {
            DeleteFile(segment);
        }
    }
}
