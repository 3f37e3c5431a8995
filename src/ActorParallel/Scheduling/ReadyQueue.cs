namespace ActorParallel.Scheduling;

/// <summary>Ready tasks that ask the same of an engine: higher priorities first, within one the clients in their turns, each client's tasks in order.</summary>
internal sealed class ReadyQueue(FairShare shares)
{
    const int Spares = 16;
    readonly List<Level> _levels = [];
    readonly Stack<Level> _spare = new();

    public int Count { get; private set; }

    public TaskEntry? First => Count == 0 ? null : _levels[^1].First;

    public void AddLast(TaskEntry entry) => Add(entry, front: false);

    public void AddFirst(TaskEntry entry) => Add(entry, front: true);

    void Add(TaskEntry entry, bool front)
    {
        var level = LevelOf(entry.Spec.Priority);
        entry.Order = shares.NextOrder(front);
        entry.Account = level.Share.Enter(entry.Client);
        var lane = level.LaneOf(entry.Account);
        if (front)
            lane.AddFirst(entry);
        else
            lane.AddLast(entry);
        level.Settle(lane);
        Count++;
    }

    /// <summary>Takes the task out, to go to an engine.</summary>
    public void Take(TaskEntry entry)
    {
        ((Lane)entry.List!).Level.Share.Charge(entry.Account!, entry);
        Remove(entry);
    }

    public void Remove(TaskEntry entry)
    {
        var lane = (Lane)entry.List!;
        var level = lane.Level;
        lane.Remove(entry);
        level.Share.Leave(entry.Account!);
        Count--;
        if (lane.Count > 0)
            return;
        level.Drop(lane);
        if (level.Lanes.Count > 0)
            return;
        _levels.RemoveAt(Find(level.Share.Priority));
        if (_spare.Count < Spares)
            _spare.Push(level);
    }

    public bool Holds(TaskEntry entry) =>
        entry.List is Lane lane && Find(entry.Spec.Priority) is >= 0 and var i && _levels[i] == lane.Level && lane.HeapIndex >= 0
        && lane.Account.Client == entry.Client;

    public int CountAbove(int priority)
    {
        var count = 0;
        for (var i = _levels.Count - 1; i >= 0 && _levels[i].Share.Priority > priority; i--)
            count += _levels[i].Count;
        return count;
    }

    Level LevelOf(int priority)
    {
        var i = Find(priority);
        if (i >= 0)
            return _levels[i];
        var level = _spare.TryPop(out var spare) ? spare : new Level();
        level.Share = shares.Of(priority);
        _levels.Insert(~i, level);
        return level;
    }

    // Ascending, so that the first task is in the last level and taking it moves nothing.
    int Find(int priority)
    {
        int low = 0, high = _levels.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = _levels[middle].Share.Priority;
            if (found == priority)
                return middle;
            if (found < priority)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }

    /// <summary>The tasks of one priority: a lane for each client that has some.</summary>
    sealed class Level
    {
        readonly Dictionary<int, Lane> _byClient = [];
        readonly Stack<Lane> _spare = new();
        Lane? _latest;

        public PriorityShare Share = null!;
        public readonly Heap<Lane> Lanes = new();

        public int Count => _byClient.Values.Sum(static l => l.Count);

        public TaskEntry First
        {
            get
            {
                // Tags only grow, also by tasks of another queue: who stands first may have stood there too long.
                var lane = Lanes.First!;
                while (Lanes.Count > 1 && lane.Refresh())
                {
                    Lanes.Settle(lane);
                    lane = Lanes.First!;
                }
                return lane.First!;
            }
        }

        public Lane LaneOf(ShareAccount account)
        {
            if (_latest is { HeapIndex: >= 0 } latest && latest.Account == account)
                return latest;
            if (_byClient.TryGetValue(account.Client, out var lane))
                return _latest = lane;
            lane = _spare.TryPop(out var spare) ? spare : new Lane(this);
            lane.Account = account;
            _byClient.Add(account.Client, lane);
            return _latest = lane;
        }

        /// <summary>To its place after a task was added.</summary>
        public void Settle(Lane lane)
        {
            var changed = lane.Refresh();
            if (lane.HeapIndex < 0)
                Lanes.Add(lane);
            else if (changed)
                Lanes.Settle(lane);
        }

        public void Drop(Lane lane)
        {
            _byClient.Remove(lane.Account.Client);
            Lanes.Remove(lane);
            if (_spare.Count < Spares)
                _spare.Push(lane);
        }
    }

    sealed class Lane(Level level) : EntryList, IHeapItem<Lane>
    {
        public Level Level => level;

        public ShareAccount Account = null!;

        // Its account's tag and its first task's order, when they were last looked at.
        double _tag;
        long _order;

        public int HeapIndex { get; set; } = -1;

        /// <summary>False if nothing has changed since the last time.</summary>
        public bool Refresh()
        {
            var (tag, order) = (Account.Tag, First!.Order);
            if (tag == _tag && order == _order)
                return false;
            (_tag, _order) = (tag, order);
            return true;
        }

        public static bool Before(Lane a, Lane b) => a._tag < b._tag || (a._tag == b._tag && a._order < b._order);
    }
}
