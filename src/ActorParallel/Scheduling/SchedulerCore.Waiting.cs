namespace ActorParallel.Scheduling;

/// <summary>Tasks that come after others. Each end is looked at once by each task that waits for it: O(edges) in all.</summary>
internal sealed partial class SchedulerCore
{
    enum Verdict
    {
        Open,
        Met,
        Impossible,
    }

    /// <summary>Ends that others wait for. A queue, not recursion: chains may be long.</summary>
    readonly Queue<(Dependents Dependents, long TaskId, TaskState State, int EngineId)> _decided = new();
    int _waiting;

    /// <summary>True when it may go on at once; otherwise it waits, or has ended.</summary>
    bool Await(TaskEntry entry, Dependencies dependencies)
    {
        foreach (var group in dependencies.Groups)
        {
            foreach (var id in group.TaskIds)
            {
                if (id != entry.Id && (_tasks.ContainsKey(id) || _kept.ContainsKey(id)))
                    continue;
                EndUnschedulable(entry, id == entry.Id ? Reason.DependsOnItself : Reason.UnknownDependency, id);
                return false;
            }
        }
        var wait = new TaskWait(entry, dependencies) { Unmet = dependencies.Groups.Count };
        entry.Wait = wait;
        entry.State = TaskState.Waiting;
        _waiting++;
        if (!CountEnded(entry, wait))
            return false;
        if (wait.Unmet == 0)
            return StopsWaitingWell(entry);
        for (var g = 0; g < wait.Groups.Length; g++)
        {
            foreach (var id in dependencies.Groups[g].TaskIds)
            {
                if (!wait.Groups[g].Met && _tasks.TryGetValue(id, out var other))
                    (other.Dependents ??= new Dependents()).Edges.Add((wait, g));
            }
        }
        _timers.Set(entry, entry.QueueDeadline);
        return false;
    }

    /// <summary>Takes into account what has ended before; false when that makes it impossible.</summary>
    bool CountEnded(TaskEntry entry, TaskWait wait)
    {
        for (var g = 0; g < wait.Groups.Length; g++)
        {
            var ids = wait.What.Groups[g].TaskIds;
            wait.Groups[g].Left = ids.Count;
            if (ids.Count == 0)
                Meet(wait, g);
            foreach (var id in ids)
            {
                if (_kept.TryGetValue(id, out var end) && !Counted(entry, wait, g, id, end.State, end.EngineId))
                    return false;
            }
        }
        return true;
    }

    /// <summary>Lets everything that waited for an ended task know.</summary>
    void Resolve()
    {
        while (_decided.TryDequeue(out var end))
        {
            foreach (var (wait, group) in end.Dependents.Edges)
            {
                if (wait.Entry is not { } entry || !Counted(entry, wait, group, end.TaskId, end.State, end.EngineId) || wait.Unmet > 0)
                    continue;
                _timers.Remove(entry);
                if (StopsWaitingWell(entry))
                    MakeReady(entry, front: false);
            }
        }
    }

    /// <summary>False when it ended because this end makes a group impossible.</summary>
    bool Counted(TaskEntry entry, TaskWait wait, int g, long taskId, TaskState state, int engineId)
    {
        var (verdict, reason) = Judge(wait, g, taskId, state, engineId);
        if (verdict == Verdict.Met)
            Meet(wait, g);
        if (verdict != Verdict.Impossible)
            return true;
        StopWaiting(entry);
        EndUnschedulable(entry, reason, taskId);
        return false;
    }

    (Verdict, Reason) Judge(TaskWait wait, int g, long taskId, TaskState state, int engineId)
    {
        var group = wait.What.Groups[g];
        ref var so = ref wait.Groups[g];
        var follows = group.Kind == DependencyKind.Follow;
        // One of several that can't be followed is as good as one that failed: another may be followed.
        var good = group.IsMetBy(state) && (!follows || group.All || _engines.GetValueOrDefault(engineId) is { Draining: false });
        if (so.Met && !(good && follows))
            return (Verdict.Open, Reason.None);
        so.Left--;
        if (!good)
            return group.All || (so.Left == 0 && !so.Met) ? (Verdict.Impossible, group.IsMetBy(state) ? Reason.FollowedEngineGone : Reason.DependencyEnded) : (Verdict.Open, Reason.None);
        if (follows)
        {
            if (engineId < 0)
                return (Verdict.Impossible, Reason.FollowedEngineGone);
            var engines = so.Engines ??= [];
            if (!engines.Contains(engineId))
                engines.Add(engineId);
            if (group.All && engines.Count > 1)
                return (Verdict.Impossible, Reason.FollowsSeveralEngines);
            so.Followed = taskId;
        }
        return so.Met || (group.All && so.Left > 0) ? (Verdict.Open, Reason.None) : (Verdict.Met, Reason.None);
    }

    static void Meet(TaskWait wait, int g)
    {
        wait.Groups[g].Met = true;
        wait.Unmet--;
    }

    /// <summary>Everything it waited for is as it must be. False when it ended, because it can follow nowhere.</summary>
    bool StopsWaitingWell(TaskEntry entry)
    {
        var wait = entry.Wait!;
        StopWaiting(entry);
        List<int>? engines = null;
        for (var g = 0; g < wait.Groups.Length; g++)
        {
            if (wait.Groups[g].Engines is not { } ran)
                continue;
            engines = engines is null ? ran : engines.FindAll(ran.Contains);
            entry.Follows = wait.Groups[g].Followed;
        }
        if (engines is null)
            return true;
        if (entry.Spec.Targets is { } targets)
            engines = engines.FindAll(targets.Contains);
        if (engines.Count == 0)
        {
            EndUnschedulable(entry, Reason.FollowsSeveralEngines, entry.Follows);
            return false;
        }
        engines.Sort();
        var former = entry.Class;
        entry.Class = EnterClass(TaskConstraint.On(former.Constraint, [.. engines]), stats: null);
        if (former != _plain)
            LeaveClass(former);
        return true;
    }

    void StopWaiting(TaskEntry entry)
    {
        var wait = entry.Wait!;
        entry.Wait = null;
        wait.Entry = null;
        _waiting--;
        foreach (var group in wait.What.Groups)
        {
            foreach (var id in group.TaskIds)
            {
                if (_tasks.TryGetValue(id, out var other))
                    other.Dependents?.OneDied();
            }
        }
    }
}
