using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace ActorParallel.Payloads;

/// <summary>
/// Deep values without deep stacks: contents nested deeper than <see cref="MaxNesting"/> wait in a list until the outermost one is done.
/// What can't wait (keys, immutable collections, chains of exceptions) goes on on a thread with a stack of its own.
/// </summary>
internal sealed partial class PayloadWriter
{
    /// <summary>Part of the format: the reader counts the same way.</summary>
    public const int MaxNesting = 200;

    internal const int StackSize = 16 << 20;
    internal const int MaxStacks = 2;

    private List<Waiting>? _waiting;
    private int _nesting;
    private int _stacks;

    /// <summary>More than 0 while what is written must be whole when it is read: a key that will be hashed.</summary>
    internal int Whole { get; set; }

    internal void WriteContent(Content content, object value)
    {
        Push(content, value);
        if (++_nesting > MaxNesting && Whole == 0 && content is OpenContent open)
        {
            open.WriteHead(this, value);
            (_waiting ??= []).Add(new Waiting(open, value));
        }
        else if ((_nesting & 15) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            WriteOnFreshStack(content, value);
        }
        else
        {
            content.Write(this, value);
        }

        Leave();
        if (--_nesting == 0 && _waiting is { Count: > 0 })
        {
            WriteWaiting(_waiting);
        }
    }

    private void WriteWaiting(List<Waiting> waiting)
    {
        Enter("…");
        _nesting++;
        while (waiting.Count > 0)
        {
            Waiting next = waiting[^1];
            waiting.RemoveAt(waiting.Count - 1);
            Push(next.Content, next.Value);
            next.Content.WriteBody(this, next.Value);
            Leave();
        }

        _nesting--;
        Leave();
    }

    private void WriteOnFreshStack(Content content, object value)
    {
        if (++_stacks > MaxStacks)
        {
            throw Refusal("The value is nested too deeply to travel; use an array or a list instead of links.");
        }

        ExceptionDispatchInfo? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    content.Write(this, value);
                }
                catch (Exception e)
                {
                    error = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackSize)
        { IsBackground = true, Name = "payload" };
        thread.Start();
        thread.Join();
        _stacks--;
        error?.Throw();
    }

    internal Checkpoint Mark() => new(Length, _references.Count, _types.Count, _depth, _stacks, _nesting, Whole, _waiting, _waiting?.Count ?? 0);

    /// <summary>Begins a part that <see cref="CloseScope"/> ends: nothing of it waits beyond its end.</summary>
    internal Checkpoint OpenScope()
    {
        Checkpoint scope = Mark();
        _waiting = null;
        _nesting = Whole = 0;
        return scope;
    }

    /// <summary>Takes back all that was written since.</summary>
    internal void Rollback(in Checkpoint to)
    {
        CloseScope(to);
        Truncate(to.Length);
    }

    /// <summary>Keeps the bytes; the objects and types first met since will not be referred to by number.</summary>
    internal void CloseScope(in Checkpoint from)
    {
        ForgetValues(from.References, from.Types);
        LeaveTo(from.Depth);
        _stacks = from.Stacks;
        _nesting = from.Nesting;
        Whole = from.Whole;
        _waiting = from.Waiting;
        _waiting?.RemoveRange(from.WaitingCount, _waiting.Count - from.WaitingCount);
    }

    private void ForgetNesting()
    {
        _waiting?.Clear();
        _nesting = _stacks = Whole = 0;
    }

    internal readonly record struct Waiting(OpenContent Content, object Value);

    internal readonly record struct Checkpoint(
        long Length, int References, int Types, int Depth, int Stacks, int Nesting, int Whole, List<Waiting>? Waiting, int WaitingCount);
}
