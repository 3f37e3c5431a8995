using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Engines;

/// <summary>A task of a client whose program this engine may lack: it waits for the code beside the workers, and is read again.</summary>
internal sealed partial class RemoteTask
{
    // The user's function was called: what it throws is its own.
    bool _began;

    // It has waited in the lane for its code, before all that came later.
    bool _isFirst;
    // Another task may have its worker's place.
    bool _isOff;
    Worker? _lane;
    HashSet<(CodeSet, string, Guid?)>? _fetched;

    public EngineCodeProgram? Program => function.Program;

    Task? CallShipped(EngineCodeProgram program, PayloadWriter writer)
    {
        if (program.IsOwn && !function.NeedsSet)
        {
            try
            {
                _function = function.Get();
                return Call(_function, writer);
            }
            catch (ShippingException) when (!_began)
            {
                // The client has loaded more than its program came with.
                function.NeedsSet = true;
            }
        }
        var set = program.Set;
        // Set for the thread, or for the function's own context when that is asynchronous: it goes no further.
        using var scope = set.Enter();
        _function = function.Get(set);
        return Call(_function, writer);
    }

    /// <summary>Gives the worker's place up while the client is asked; the lane is kept, because its order counts.</summary>
    WorkStatus Fetch(MissingCodeException missing, Worker worker, PayloadWriter writer)
    {
        var program = Program!;
        if (!(_fetched ??= []).Add((program.Set, missing.Assembly, missing.Build)))
        {
            var build = missing.Build is { } id ? $" of build {id}" : "";
            Fail(new ShippingException($"The client sent {missing.Assembly} and the engine still has no such assembly{build}; connect again."), writer);
            return WorkStatus.Done;
        }
        writer.Dispose();
        _control?.ClearTimers();
        runtime.Record?.End(_workerId);
        if (isDirect) _lane = worker;
        Volatile.Write(ref _state, Fetching);
        _ = FetchAsync(program, missing);
        // Asked for between the reading and here: nobody else ends it now.
        if (_control is { CancelRequested: true }) EndFetching(new OperationCanceledException("The task was cancelled before it began."));
        return isDirect ? WorkStatus.Pending : WorkStatus.Done;
    }

    async Task FetchAsync(EngineCodeProgram program, MissingCodeException missing)
    {
        try
        {
            await program.FetchAsync(missing).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Why there is no code is the task's outcome.
        catch (Exception e)
        {
            EndFetching(e);
            return;
        }
#pragma warning restore CA1031
        _isFirst = isDirect;
        if (Interlocked.CompareExchange(ref _state, Queued, Fetching) != Fetching) return;
        (isDirect ? runtime.Lane : runtime.Workers).Enqueue(this);
        _lane?.Resume(this);
    }

    void EndFetching(Exception why)
    {
        if (Interlocked.CompareExchange(ref _state, Running, Fetching) != Fetching) return;
        _isOff = true;
        Fail(why, PayloadWriter.Rent());
        _lane?.Resume(this);
    }

    bool TryDropFetching()
    {
        if (Interlocked.CompareExchange(ref _state, Dropped, Fetching) != Fetching) return false;
        _lane?.Resume(this);
        return true;
    }
}
