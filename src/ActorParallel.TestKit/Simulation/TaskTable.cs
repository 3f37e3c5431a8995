namespace ActorParallel.TestKit;

/// <summary>What is known of each task, by id, in pages so that growing copies nothing.</summary>
internal sealed class TaskTable
{
    const int PageBits = 14;
    const int PageSize = 1 << PageBits;
    readonly List<TaskFacts[]> _pages = [];

    public int Count { get; private set; }

    public ref TaskFacts this[long id] => ref _pages[(int)(id >> PageBits)][id & (PageSize - 1)];

    public long Add(in TaskFacts facts)
    {
        if (Count >> PageBits == _pages.Count)
            _pages.Add(new TaskFacts[PageSize]);
        var id = Count++;
        this[id] = facts;
        return id;
    }
}

internal struct TaskFacts
{
    /// <summary>Of no moment, or no engine.</summary>
    public const int None = -1;

    /// <summary>Seconds on an engine of speed 1.</summary>
    public double Work;
    public long SubmittedAt;
    public long StartedAt;
    public long EndedAt;

    /// <summary>Its kind.</summary>
    public int Kind;
    public int Engine;
    public int Attempts;

    /// <summary>Attempts that run now.</summary>
    public short Running;
    public short Ends;
    public short Failures;

    /// <summary>For a worker, or for its next attempt.</summary>
    public bool Waits;
    public TaskState State;
}
