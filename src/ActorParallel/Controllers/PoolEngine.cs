using ActorParallel.Processes;

namespace ActorParallel.Controllers;

/// <summary>An engine in a child process.</summary>
internal sealed class PoolEngine(int id, int generation, ChildProcess child) : EngineHandle(id, generation)
{
    public ChildProcess Child => child;

    /// <summary>Resident memory after its first task, in bytes.</summary>
    public long MemoryAtFirst { get; set; }

    /// <summary>The last lines of its standard error: they say why it died.</summary>
    public LastLines Errors { get; init; } = new();
}

/// <summary>Keeps the last few lines. Thread-safe.</summary>
internal sealed class LastLines
{
    const int Kept = 20;
    readonly Queue<string> _lines = new();

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept) _lines.Dequeue();
        }
    }

    public override string ToString()
    {
        lock (_lines) return string.Join('\n', _lines);
    }
}
