namespace ActorParallel.Scheduling;

/// <summary>Tasks that run alone: an engine is emptied for each.</summary>
internal sealed partial class SchedulerCore
{
    /// <summary>At most one engine in so many is kept free for tasks that run alone.</summary>
    const int EnginesPerIsolated = 4;

    readonly List<EngineState> _reserved = [];
    readonly List<TaskClass> _isolatedClasses = [];
    EngineState? _emptied;
    int _isolated;
    int _isolatedRunning;

    void AddIsolated(TaskEntry entry, bool front)
    {
        if (entry.Class.Isolated.Count == 0)
            _isolatedClasses.Add(entry.Class);
        if (front)
            entry.Class.Isolated.AddFirst(entry);
        else
            entry.Class.Isolated.AddLast(entry);
        _isolated++;
    }

    void RemoveIsolated(TaskEntry entry)
    {
        entry.Class.Isolated.Remove(entry);
        if (entry.Class.Isolated.Count == 0)
            _isolatedClasses.Remove(entry.Class);
        _isolated--;
    }

    void AssignIsolated()
    {
        for (var i = _reserved.Count - 1; i >= 0; i--)
        {
            var engine = _reserved[i];
            if (!_isolatedClasses.Exists(c => Suits(engine, c)))
                Unreserve(engine);
        }
        for (var i = 0; i < _isolatedClasses.Count;)
        {
            var taskClass = _isolatedClasses[i];
            while (taskClass.Isolated.First is { } entry && EmptyEngine(entry) is { } engine)
            {
                if (engine.Reserved)
                    Unreserve(engine);
                else if (_reserved.Count > 0)
                    Unreserve(_reserved[^1]);
                RemoveIsolated(entry);
                engine.Isolated = entry;
                _isolatedRunning++;
                if (taskClass != _plain)
                    entry.Member = engine.MemberOf(taskClass);
                Assign(entry, engine, Reason.None, entry.Runs + 1);
            }
            if (taskClass.Isolated.Count > 0)
                i++;
        }
        while (_reserved.Count > _isolated)
            Unreserve(_reserved[^1]);
    }

    bool Suits(EngineState engine, TaskClass taskClass) => taskClass == _plain || engine.MemberOf(taskClass) is not null;

    /// <summary>An engine with nothing on it for a task that must run alone; or null, and then one is being emptied if that is allowed.</summary>
    EngineState? EmptyEngine(TaskEntry entry)
    {
        foreach (var engine in _reserved)
        {
            if (engine.Outstanding == 0 && Suits(engine, entry.Class))
                return engine;
        }
        var allowed = Math.Max(1, _activeEngines / EnginesPerIsolated) - _isolatedRunning;
        if (allowed <= 0)
            return null;
        if (_emptied is { Accepting: true, Outstanding: 0 } emptied && Suits(emptied, entry.Class))
            return emptied;
        if (_reserved.Count >= Math.Min(allowed, _isolated))
            return null;
        EngineState? least = null;
        foreach (var engine in _engines.Values)
        {
            if (engine.Accepting && Suits(engine, entry.Class) && (least is null || LessLoaded(engine, least, entry.Avoid)))
                least = engine;
        }
        if (least is null)
            return null;
        least.Reserved = true;
        _reserved.Add(least);
        Recount(least);
        return least.Outstanding == 0 ? least : null;
    }

    static bool LessLoaded(EngineState a, EngineState b, int avoid)
    {
        var order = ((long)a.Outstanding * b.Workers).CompareTo((long)b.Outstanding * a.Workers);
        return order < 0 || (order == 0 && b.Id == avoid);
    }

    void Unreserve(EngineState engine)
    {
        engine.Reserved = false;
        _reserved.Remove(engine);
        Recount(engine);
    }
}
