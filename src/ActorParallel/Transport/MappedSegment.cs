namespace ActorParallel.Transport;

/// <summary>A segment being read; valid until disposed.</summary>
internal sealed unsafe class MappedSegment : IDisposable
{
    readonly SegmentReader _reader;
    SharedMap? _map;

    internal MappedSegment(SegmentReader reader, SharedMap map, long length) => (_reader, _map, Length) = (reader, map, length);

    /// <summary>In bytes, as asked for.</summary>
    public long Length { get; }

    /// <exception cref="ArgumentOutOfRangeException">Not all of it lies in what was asked for.</exception>
    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_map is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new(_map.Map.Start + offset, length);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _map, null) is { } map)
        {
            _reader.Release(map);
        }
    }
}

/// <summary>One mapping and how many read it; its reader locks.</summary>
internal sealed class SharedMap(string fileName, FileMap map, SharedMap.FileIdentity identity)
{
    /// <summary>Tells a file from another one put in its place.</summary>
    public readonly record struct FileIdentity(ulong Inode, long Length);

    public string FileName => fileName;

    public FileMap Map => map;

    public FileIdentity Identity => identity;

    public int Readers { get; set; }

    public bool Forgotten { get; set; }

    public static FileIdentity? Identify(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return Posix.Facts(path) is { } facts ? new(facts.Inode, facts.Length) : null;
        }

        var file = new FileInfo(path);
        return file.Exists ? new(0, file.Length) : null;
    }
}
