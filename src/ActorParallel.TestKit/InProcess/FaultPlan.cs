using System.Collections.Concurrent;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.TestKit;

/// <summary>
/// What goes wrong between the parties of an <see cref="InProcessCluster"/>, and a record of what passes between them. Thread-safe.
/// </summary>
public sealed class FaultPlan
{
    const int MostMessages = 100_000;

    readonly Lock _gate = new();
    readonly List<Fault> _faults = [];
    readonly List<Trap> _traps = [];
    readonly List<ClusterMessage> _messages = [];
    readonly List<(Func<ClusterMessage, bool> Matches, TaskCompletionSource<ClusterMessage> Seen)> _waiting = [];
    readonly ConcurrentDictionary<(ClusterHost To, IActorRef From), BatchParts> _parts = new();
    readonly InProcessCluster _cluster;

    internal FaultPlan(InProcessCluster cluster) => _cluster = cluster;

    /// <summary>What has passed so far, the last hundred thousand, in the order it came.</summary>
    public IReadOnlyList<ClusterMessage> Messages
    {
        get
        {
            lock (_gate) return [.. _messages];
        }
    }

    /// <summary>Messages are lost, until this is disposed or so many have been. The links notice, and send them again.</summary>
    /// <param name="from">Who sends.</param>
    /// <param name="to">Who receives.</param>
    /// <param name="count">How many; null (default) for all.</param>
    /// <param name="entry">Only batches with such an entry, such as <c>Finished</c>; null (default) for every message.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is less than 1.</exception>
    public IDisposable Drop(Party from, Party to, int? count = null, string? entry = null)
    {
        if (count is { } given) ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(count));
        return Add(new Fault(this, from, to, entry, count, TimeSpan.Zero));
    }

    /// <summary>Messages come late, in order, until this is disposed.</summary>
    /// <param name="from">Who sends.</param>
    /// <param name="to">Who receives.</param>
    /// <param name="by">By how much.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not longer than zero.</exception>
    public IDisposable Delay(Party from, Party to, TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(by, TimeSpan.Zero);
        return Add(new Fault(this, from, to, null, null, by));
    }

    /// <summary>Nothing passes between two parties, as when a cable is pulled, until this is disposed.</summary>
    /// <param name="one">One end.</param>
    /// <param name="other">The other.</param>
    public IDisposable Cut(Party one, Party other) => new Both(Drop(one, other), Drop(other, one));

    /// <summary>The next time a task is at that point, an engine is killed, once.</summary>
    /// <param name="point">The point.</param>
    /// <param name="engineId">Only this engine; null (default) for the one that has the task. Before it is assigned none has it: then the lowest.</param>
    /// <returns>Completes with the engine's id when it has been killed.</returns>
    public Task<int> KillEngineAt(FaultPoint point, int? engineId = null) => Set(new Trap(point, killsController: false, engineId));

    /// <summary>The next time a task is at that point, the controller is killed, once; another one is started.</summary>
    /// <param name="point">The point.</param>
    /// <returns>Completes when another controller is there.</returns>
    public Task KillControllerAt(FaultPoint point) => Set(new Trap(point, killsController: true, null));

    /// <summary>Waits for a message, from now on.</summary>
    /// <param name="matches">Which.</param>
    /// <param name="within">The longest to wait.</param>
    /// <exception cref="ParallelAssertionException">None came.</exception>
    public async Task<ClusterMessage> WaitForAsync(Func<ClusterMessage, bool> matches, TimeSpan within)
    {
        ArgumentNullException.ThrowIfNull(matches);
        var seen = new TaskCompletionSource<ClusterMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _waiting.Add((matches, seen));
        try
        {
            return await seen.Task.WaitAsync(within).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            var last = Messages.TakeLast(10);
            throw new ParallelAssertionException($"No such message came within {ReportText.Of(within)}. The last ones:{Environment.NewLine}{string.Join(Environment.NewLine, last)}", e);
        }
        finally
        {
            lock (_gate) _waiting.RemoveAll(w => w.Seen == seen);
        }
    }

    Fault Add(Fault fault)
    {
        lock (_gate) _faults.Add(fault);
        return fault;
    }

    Task<int> Set(Trap trap)
    {
        lock (_gate) _traps.Add(trap);
        return trap.Sprung.Task;
    }

    /// <summary>A message has come to a host. False: it is dropped, or comes later.</summary>
    internal bool Takes(ClusterHost to, Envelope envelope, Action pass)
    {
        var sender = _cluster.HostOf(envelope.Sender, to);
        var from = sender?.Party ?? Party.Clients;
        var dead = to.IsDead || sender is { IsDead: true } || (to.Party != Party.Controller && _cluster.ControllerIsDead);
        var message = envelope.Message is LinkPart part ? _parts.GetOrAdd((to, envelope.Sender), static _ => new BatchParts()).Join(part) ?? envelope.Message : envelope.Message;
        var entries = message is LinkBatch { Bytes: var bytes } && bytes.Length > Link.HeaderBytes ? BatchEntry.Read(from, to.Party, bytes) : [];
        var takes = !dead;
        TimeSpan late = default;
        Fault? slow = null;
        List<Action>? then = null;
        lock (_gate)
        {
            for (var i = 0; i < _traps.Count && takes; i++)
            {
                if (!_traps[i].IsAt(from, to.Party, entries))
                    continue;
                var trap = _traps[i];
                _traps.RemoveAt(i--);
                takes = _cluster.Spring(trap, from, to.Party, then ??= []);
            }
            foreach (var fault in _faults.ToArray())
            {
                if (!takes || !fault.Matches(from, to.Party, entries))
                    continue;
                if (fault.By > TimeSpan.Zero)
                {
                    (late, slow) = (fault.By, fault);
                    continue;
                }
                takes = false;
                if (fault.IsUsedUp())
                    _faults.Remove(fault);
            }
            Remember(new ClusterMessage(from, to.Party, envelope.Message.GetType().Name, new ValueList<string>(entries.Select(static e => e.Kind)), !takes));
        }
        if (takes)
            _cluster.Saw(envelope.Sender, to, entries, message);
        if (takes && slow is not null)
        {
            slow.Later(late, () =>
            {
                if (!to.IsDead && sender is not { IsDead: true }) pass();
            });
            takes = false;
        }
        foreach (var action in then ?? [])
            ThreadPool.UnsafeQueueUserWorkItem(static a => a(), action, preferLocal: false);
        return takes;
    }

    void Remember(ClusterMessage message)
    {
        if (_messages.Count == MostMessages)
            _messages.RemoveRange(0, MostMessages / 2);
        _messages.Add(message);
        foreach (var (matches, seen) in _waiting)
        {
            if (matches(message))
                seen.TrySetResult(message);
        }
    }

    sealed class Fault(FaultPlan plan, Party from, Party to, string? entry, int? count, TimeSpan by) : IDisposable
    {
        readonly Lock _order = new();
        Task _last = Task.CompletedTask;
        int? _left = count;

        public TimeSpan By => by;

        public bool Matches(Party sender, Party receiver, List<BatchEntry> entries) =>
            sender.IsOf(from) && receiver.IsOf(to) && (entry is null || entries.Exists(e => e.Kind == entry));

        public bool IsUsedUp() => _left is not null && --_left == 0;

        /// <summary>Each at its time, and none before the one that came before it.</summary>
        public void Later(TimeSpan time, Action action)
        {
            lock (_order)
            {
                var (before, delay) = (_last, Task.Delay(time));
                _last = Task.WhenAll(before, delay).ContinueWith(_ => action(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }

        public void Dispose()
        {
            lock (plan._gate) plan._faults.Remove(this);
        }
    }

    sealed class Both(IDisposable one, IDisposable other) : IDisposable
    {
        public void Dispose()
        {
            one.Dispose();
            other.Dispose();
        }
    }
}

/// <summary>Waits for a task to be at a point.</summary>
internal sealed class Trap(FaultPoint point, bool killsController, int? engineId)
{
    public FaultPoint Point => point;

    public bool KillsController => killsController;

    public int? EngineId => engineId;

    public TaskCompletionSource<int> Sprung { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsAt(Party from, Party to, List<BatchEntry> entries)
    {
        bool Has(params ReadOnlySpan<string> kinds)
        {
            foreach (var entry in entries)
            {
                if (kinds.Contains(entry.Kind))
                    return true;
            }
            return false;
        }
        return point switch
        {
            FaultPoint.BeforeAssignment => from == Party.Clients && Has("Submit", "Direct"),
            FaultPoint.BeforeStart or FaultPoint.AfterStart => IsIt(to) && Has("Task", "DirectTask"),
            FaultPoint.AfterResultBeforeAck => IsIt(from) && Has("Finished"),
            _ => to == Party.Clients && Has("Ended", "EndedWithout"),
        };
    }

    bool IsIt(Party party) => party.EngineId is { } id && (killsController || engineId is null || engineId == id);
}
