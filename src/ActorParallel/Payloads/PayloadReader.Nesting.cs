using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace ActorParallel.Payloads;

internal ref partial struct PayloadReader
{
    /// <summary>More than 0 while what is read must be whole at once; counted as the writer does.</summary>
    internal int Whole { readonly get => _whole; set => _whole = value; }

    internal object ReadContent(Content content, int id)
    {
        object value;
        if (++_nesting > PayloadWriter.MaxNesting && _whole == 0 && content is OpenContent open)
        {
            value = open.ReadHead(ref this);
            SetObject(id, value);
            (_waiting ??= []).Add(new PayloadWriter.Waiting(open, value));
        }
        else if ((_nesting & 15) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            value = ReadOnFreshStack(content, id);
        }
        else
        {
            value = content.Read(ref this, id);
        }

        if (--_nesting == 0 && _waiting is { Count: > 0 })
        {
            ReadWaiting(_waiting);
        }

        return value;
    }

    private void ReadWaiting(List<PayloadWriter.Waiting> waiting)
    {
        _nesting++;
        while (waiting.Count > 0)
        {
            PayloadWriter.Waiting next = waiting[^1];
            waiting.RemoveAt(waiting.Count - 1);
            next.Content.ReadBody(ref this, next.Value);
        }

        _nesting--;
    }

    private unsafe object ReadOnFreshStack(Content content, int id)
    {
        if (++_stacks > PayloadWriter.MaxStacks)
        {
            throw Corrupt("it is nested too deeply");
        }

        object? value = null;
        ExceptionDispatchInfo? error = null;
#pragma warning disable CS8500 // This thread waits, so the reader stays where it is on its stack.
        fixed (PayloadReader* self = &this)
        {
            nint address = (nint)self;
            var thread = new Thread(
                () =>
                {
                    try
                    {
                        value = content.Read(ref *(PayloadReader*)address, id);
                    }
                    catch (Exception e)
                    {
                        error = ExceptionDispatchInfo.Capture(e);
                    }
                },
                PayloadWriter.StackSize)
            { IsBackground = true, Name = "payload" };
            thread.Start();
            thread.Join();
        }
#pragma warning restore CS8500

        _stacks--;
        error?.Throw();
        return value!;
    }

    /// <summary>Begins a part that <see cref="CloseScope"/> ends.</summary>
    internal Checkpoint OpenScope()
    {
        var scope = new Checkpoint(_count, _types?.Count ?? 0, _pending, _morePending?.Count ?? 0, _nesting, _stacks, _whole, _waiting);
        _waiting = null;
        _nesting = _whole = 0;
        return scope;
    }

    /// <summary>Goes on at <paramref name="end"/>; what was met since belongs to a part that nothing outside refers to.</summary>
    internal void CloseScope(in Checkpoint from, int end)
    {
        for (int id = from.Objects; id < _count; id++)
        {
            SetObject(id, null!);
        }

        _count = from.Objects;
        if (_types?.Count > from.Types)
        {
            _types.RemoveRange(from.Types, _types.Count - from.Types);
        }

        while (_morePending?.Count > from.MorePending)
        {
            _morePending.Pop();
        }

        _pending = from.Pending;
        _nesting = from.Nesting;
        _stacks = from.Stacks;
        _whole = from.Whole;
        _waiting = from.Waiting;
        _at = end;
    }

    internal readonly record struct Checkpoint(
        int Objects, int Types, int Pending, int MorePending, int Nesting, int Stacks, int Whole, List<PayloadWriter.Waiting>? Waiting);
}
