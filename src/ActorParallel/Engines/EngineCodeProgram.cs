using System.Collections.Concurrent;
using ActorParallel.Functions;

namespace ActorParallel.Engines;

/// <summary>A client's program on an engine: its code set, and the way to the client for what that lacks. Thread-safe.</summary>
internal sealed class EngineCodeProgram(EngineCode code, CodeLease lease, int client) : ICodeClient
{
    readonly ConcurrentDictionary<(string, Guid?), Lazy<Task>> _fetching = new();
    int _holders = 1;

    /// <summary>What the client's functions and values are read in now.</summary>
    public CodeSet Set => lease.Set;

    /// <summary>It is this process's own program: most of its functions need no code set.</summary>
    public bool IsOwn => lease.Set.Program == OwnProgram.Id;

    /// <summary>A task needs it until it calls <see cref="Release"/>.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) lease.Dispose();
    }

    /// <summary>Gets what is missing. Tasks that lack the same at the same time ask once, and get the same answer.</summary>
    /// <exception cref="ShippingException">It can't be had.</exception>
    public async Task FetchAsync(MissingCodeException missing)
    {
        var key = (missing.Assembly, missing.Build);
        var fetch = _fetching.GetOrAdd(key, _ => new(() => lease.FetchAsync(missing, this, CancellationToken.None)));
        try
        {
            await fetch.Value.ConfigureAwait(false);
        }
        finally
        {
            _fetching.TryRemove(new(key, fetch));
        }
    }

    public async Task<CodeBundle> FindAsync(Guid program, string assembly, Guid? build, CancellationToken cancel) =>
        CodeBundle.Read((await code.AskAsync(client, CodeQuestion.Find(program, assembly, build), assembly, cancel).ConfigureAwait(false)).Span);

    public Task<ReadOnlyMemory<byte>> ImageAsync(CodeItem item, CancellationToken cancel) =>
        code.AskAsync(client, CodeQuestion.Image(item.Build), item.Name, cancel);
}
