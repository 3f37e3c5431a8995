using System.Runtime.InteropServices;

namespace ActorParallel.Results;

/// <summary>A counter that shares its cache line with nothing: what one thread counts must not slow what others read.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct PaddedCounter
{
    [FieldOffset(128)]
    long _value;

    public readonly long Value => Volatile.Read(in _value);

    public long Increment() => Interlocked.Increment(ref _value);

    /// <summary>Returns the sum.</summary>
    public long Add(long count) => Interlocked.Add(ref _value, count);
}
