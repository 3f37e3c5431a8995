namespace ActorParallel.Scheduling;

/// <summary>How far a task's dependencies are met.</summary>
internal sealed class TaskWait(TaskEntry entry, Dependencies what)
{
    /// <summary>The task that waits; null when it doesn't any more: what still points here means nothing.</summary>
    public TaskEntry? Entry = entry;
    public readonly Dependencies What = what;
    public readonly Group[] Groups = new Group[what.Groups.Count];
    public int Unmet;

    public struct Group
    {
        /// <summary>Tasks that haven't ended, or for <c>Any</c> those that may still meet it.</summary>
        public int Left;
        public bool Met;

        /// <summary>Where those that meet it ran, and one that ran there.</summary>
        public List<int>? Engines;
        public long Followed;
    }
}

/// <summary>The groups that wait for one task.</summary>
internal sealed class Dependents
{
    public List<(TaskWait Wait, int Group)> Edges { get; private set; } = [];

    int _dead;

    /// <summary>One of them waits no more. Half of them dead are cleared away, so that cancelled tasks don't pile up behind a long one.</summary>
    public void OneDied()
    {
        if (++_dead * 2 <= Edges.Count || Edges.Count < 16)
            return;
        Edges.RemoveAll(static e => e.Wait.Entry is null);
        _dead = 0;
    }
}
