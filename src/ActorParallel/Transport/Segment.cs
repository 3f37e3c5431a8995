namespace ActorParallel.Transport;

/// <summary>A writable piece of memory that other processes can map by its file's name. Valid until returned to its store.</summary>
internal sealed unsafe class Segment
{
    readonly FileMap _map;

    internal Segment(int id, string fileName, FileMap map) => (Id, FileName, _map) = (id, fileName, map);

    public int Id { get; }

    /// <summary>Without its folder; never used for another file.</summary>
    public string FileName { get; }

    /// <summary>In bytes: what was asked for, rounded up.</summary>
    public long Length => _map.Length;

    internal bool IsRented { get; set; }

    internal long FreeSince { get; set; }

    /// <exception cref="ArgumentOutOfRangeException">Not all of it lies in the segment.</exception>
    /// <exception cref="ObjectDisposedException">It was returned.</exception>
    public Span<byte> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(!IsRented, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new(_map.Start + offset, length);
    }

    internal void Unmap() => _map.Dispose();
}
