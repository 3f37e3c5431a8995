using System.Runtime.CompilerServices;
using ActorParallel.Results;

namespace ActorParallel;

// There may be millions of results at a time, and what they cost is what the garbage collector has to move: so every field is as
// small as most tasks allow, and what few tasks need is in a TaskControl.
public abstract partial class AsyncResult
{
    const byte StateBits = 0x0f;

    // Somebody delivers the end, or has.
    const byte Claimed = 0x10;

    // What a time, an engine or an attempt is marked with when it is in the TaskControl.
    const int Elsewhere = int.MinValue;
    const byte ElsewhereByte = byte.MaxValue;

    readonly CallBlock _block;

    // Null, the newest of those who wait, or the TaskControl, which has them then.
    object? _more;

    // Units of time since the submission, one more when not negative (as a clock elsewhere may have it); 0: not yet.
    int _started;
    int _completed;
    int _received;
    readonly ushort _submitted;
    ushort _workerId;
    byte _state = (byte)TaskState.Ready;
    readonly byte _index;
    byte _engineId;
    byte _attempt;

    private protected AsyncResult(ITaskHost host, TaskOptions options) => _block = CallBlock.Take(host, options, out _index, out _submitted);

    internal ITaskHost Host => _block.Host;

    internal TaskOptions Options => _block.Options;

    internal bool HasLimits => _block.HasLimits;

    internal bool IsObserved => _block.IsObserved;

    internal long Sequence => _block.Sequence(_index);

    internal long SubmittedAt => _block.SubmittedAt(_submitted);

    internal long StartedAt
    {
        get => _started == Elsewhere ? Control.StartedAt : Time(_started);
        set
        {
            _started = Units(value);
            if (_started == Elsewhere) Control.StartedAt = value;
        }
    }

    internal long CompletedAt
    {
        get => _completed == Elsewhere ? Control.CompletedAt : Time(_completed);
        set
        {
            _completed = Units(value);
            if (_completed == Elsewhere) Control.CompletedAt = value;
        }
    }

    /// <summary>Once it is ready.</summary>
    internal long ReceivedAt
    {
        get => _received == 0 ? CompletedAt : _received == Elsewhere ? Control.ReceivedAt : Time(_received);
        private set
        {
            _received = Units(value);
            if (_received == Elsewhere) Control.ReceivedAt = value;
        }
    }

    long Time(int units) => units == 0 ? 0 : SubmittedAt + Clock.FromUnits(units > 0 ? units - 1 : units);

    int Units(long time)
    {
        if (time == 0) return 0;
        var units = Clock.ToUnits(time - SubmittedAt);
        if (units >= 0) units++;
        return units is > Elsewhere and <= int.MaxValue ? (int)units : Elsewhere;
    }

    internal int EngineId
    {
        get => _engineId == ElsewhereByte ? Control.EngineId : _engineId;
        set
        {
            if (value >= ElsewhereByte) Control.EngineId = value;
            _engineId = (byte)Math.Min(value, ElsewhereByte);
        }
    }

    internal int WorkerId
    {
        get => _workerId;
        set => _workerId = (ushort)value;
    }

    internal int Attempt
    {
        get => _attempt == ElsewhereByte ? Control.Attempt : _attempt;
        set
        {
            if (value >= ElsewhereByte) Control.Attempt = value;
            _attempt = (byte)Math.Min(value, ElsewhereByte);
        }
    }

    internal TaskControl? ControlIfAny => Volatile.Read(ref _more) as TaskControl;

    internal TaskControl Control
    {
        get
        {
            TaskControl? made = null;
            for (var more = Volatile.Read(ref _more);;)
            {
                if (more is TaskControl control) return control;
                made ??= new TaskControl();
                made.Waiters = Unsafe.As<CompletionNode>(more);
                var was = Interlocked.CompareExchange(ref _more, made, more);
                if (ReferenceEquals(was, more)) return made;
                more = was;
            }
        }
    }

    /// <summary>Puts a not yet ended task in another state that isn't an end.</summary>
    internal void MoveTo(TaskState state)
    {
        var seen = Volatile.Read(ref _state);
        while (!((TaskState)(seen & StateBits)).IsFinal())
        {
            var was = Interlocked.CompareExchange(ref _state, (byte)((byte)state | (seen & Claimed)), seen);
            if (was == seen) return;
            seen = was;
        }
    }

    internal bool TryMove(TaskState from, TaskState to) =>
        Interlocked.CompareExchange(ref _state, (byte)to, (byte)from) == (byte)from;

    /// <summary>Whoever claims the end delivers it; everyone else is too late.</summary>
    internal bool TryClaimEnd()
    {
        for (var seen = Volatile.Read(ref _state); (seen & Claimed) == 0;)
        {
            var was = Interlocked.CompareExchange(ref _state, (byte)(seen | Claimed), seen);
            if (was == seen) return true;
            seen = was;
        }
        return false;
    }

    internal bool EndClaimed => (Volatile.Read(ref _state) & Claimed) != 0;

    /// <summary>Ends the result without a value.</summary>
    internal bool TryEnd(TaskState state, Exception error)
    {
        if (!TryClaimEnd()) return false;
        DeliverError(state, error);
        return true;
    }

    internal void DeliverError(TaskState state, Exception error)
    {
        Control.Error = error;
        Deliver(state);
    }

    internal void Deliver(TaskState state)
    {
        if (_completed == 0 || !Host.IsLocal) ReceivedAt = Clock.Now;
        Interlocked.Exchange(ref _state, (byte)((byte)state | Claimed));
        if (Volatile.Read(ref _more) is not null) InvokeWaiters();
    }

    /// <summary>Claims the end of a task of this process and delivers it at once. The value and the time of completion are set.</summary>
    private protected bool TryEndRunning()
    {
        if (Interlocked.CompareExchange(ref _state, (byte)TaskState.Succeeded | Claimed, (byte)TaskState.Running) != (byte)TaskState.Running) return false;
        if (Volatile.Read(ref _more) is not null) InvokeWaiters();
        return true;
    }

    // The end is written before the list is looked at, and a waiter is in the list before it looks at the state, each with a full
    // fence between: at least one of the two sees the other, and whoever takes the list calls.
    internal void AddWaiter(CompletionNode node)
    {
        while (!Ready)
        {
            if (!TryPush(node)) continue;
            // Not touched from here on: it may have been called, and be in another result's list.
            if (Ready) InvokeWaiters();
            return;
        }
        node.Next = null;
        node.Invoke(this);
    }

    bool TryPush(CompletionNode node)
    {
        var more = Volatile.Read(ref _more);
        if (more is TaskControl control)
        {
            var head = Volatile.Read(ref control.Waiters);
            node.Next = head;
            return ReferenceEquals(Interlocked.CompareExchange(ref control.Waiters, node, head), head);
        }
        node.Next = Unsafe.As<CompletionNode>(more);
        return ReferenceEquals(Interlocked.CompareExchange(ref _more, node, more), more);
    }

    CompletionNode? TakeWaiters()
    {
        for (var more = Volatile.Read(ref _more); more is not null;)
        {
            if (more is TaskControl control) return Interlocked.Exchange(ref control.Waiters, null);
            var was = Interlocked.CompareExchange(ref _more, null, more);
            if (ReferenceEquals(was, more)) return Unsafe.As<CompletionNode>(more);
            more = was;
        }
        return null;
    }

    void InvokeWaiters()
    {
        CompletionNode? first = null;
        for (var node = TakeWaiters(); node is not null;)
        {
            var next = node.Next;
            node.Next = first;
            first = node;
            node = next;
        }
        for (var node = first; node is not null;)
        {
            // Read before the call: a node may wait for another result from there on.
            var next = node.Next;
            node.Invoke(this);
            node = next;
        }
    }
}
