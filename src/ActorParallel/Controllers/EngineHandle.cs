using ActorParallel.Processes;
using Akka.Actor;

namespace ActorParallel.Controllers;

/// <summary>An engine as its controller has it. Touched by the controller actor alone.</summary>
internal sealed class EngineHandle(int id, int generation, ChildProcess child)
{
    public int Id => id;

    /// <summary>Tells this process from others that had, or will have, the same id.</summary>
    public int Generation => generation;

    public ChildProcess Child => child;

    public IActorRef Actor { get; set; } = ActorRefs.Nobody;

    public bool IsRegistered { get; set; }

    public bool IsDraining { get; set; }

    /// <summary>It was told to stop: its end is nobody's fault.</summary>
    public bool IsStopping { get; set; }

    public int Finished { get; set; }

    /// <summary>Resident memory after its first task, in bytes.</summary>
    public long MemoryAtFirst { get; set; }

    public HashSet<int> KnownFunctions { get; } = [];

    public AssignBatch Batch { get; } = new();

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
