using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace ActorParallel.Engines;

/// <summary>
/// What an engine runs, in a file of shared memory: a store for each beginning and end, and still there when the process was killed.
/// So the task that ran is blamed, and no other.
/// </summary>
internal sealed unsafe class RunningRecord : IDisposable
{
    const int SlotBytes = 16;

    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _view;
    readonly byte* _start;
    readonly int _slots;

    public RunningRecord(string path, int slots)
    {
        _slots = slots;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, Math.Max(4096, slots * SlotBytes));
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public static string PathOf(string folder, int generation) => Path.Combine(folder, $"e{generation}.running");

    public void Begin(int slot, long taskId, int attempt)
    {
        if (slot >= _slots) return;
        Volatile.Write(ref *(long*)(_start + slot * SlotBytes + 8), attempt);
        Volatile.Write(ref *(long*)(_start + slot * SlotBytes), taskId);
    }

    public void End(int slot)
    {
        if (slot < _slots) Volatile.Write(ref *(long*)(_start + slot * SlotBytes), 0);
    }

    /// <summary>The tasks an engine ran when it ended; null when that can't be told.</summary>
    public static long[]? Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var tasks = new List<long>();
            for (var at = 0; at + SlotBytes <= bytes.Length; at += SlotBytes)
                if (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)) is not 0 and var task) tasks.Add(task);
            return [.. tasks];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
