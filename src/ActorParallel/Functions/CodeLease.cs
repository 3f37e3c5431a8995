using System.Runtime.Loader;

namespace ActorParallel.Functions;

/// <summary>A client's use of a code set. Dispose it when the client has gone and its tasks have ended. Thread-safe.</summary>
internal sealed class CodeLease(CodeSets sets, CodeSet set) : IDisposable
{
    readonly Lock _gate = new();

    // Many tasks start together and lack the same.
    readonly SemaphoreSlim _fetching = new(1);
    CodeSet? _set = set;

    /// <summary>
    /// The set now. It becomes another when this client turns out to have other builds than those it shared the set with: functions
    /// that were read in the old one are to be read again.
    /// </summary>
    public CodeSet Set => Volatile.Read(ref _set) ?? throw new ObjectDisposedException(nameof(CodeLease));

    /// <inheritdoc cref="CodeSet.Enter"/>
    public AssemblyLoadContext.ContextualReflectionScope Enter() => Set.Enter();

    /// <inheritdoc cref="CodeSet.Lacks"/>
    public IReadOnlyList<CodeItem> Lacks(CodeBundle bundle) => Set.Lacks(bundle);

    /// <summary>Loads a bundle whose bytes are in the store, in a new set if this has another build of one.</summary>
    /// <exception cref="ShippingException">Bytes are missing or wrong.</exception>
    public void Add(CodeBundle bundle)
    {
        lock (_gate)
        {
            if (!Set.Fits(bundle)) _set = sets.Replace(Set, bundle);
            Set.Add(bundle);
        }
    }

    /// <summary>
    /// Reads something of the client's, asking the client for the assemblies it needs until it can be read. Each is asked for once.
    /// </summary>
    /// <param name="read">Reads in <see cref="Set"/>, from the start each time.</param>
    /// <param name="client">The client, or the way to it.</param>
    /// <param name="cancel">Ends the wait for the client.</param>
    /// <exception cref="ShippingException">An assembly can't be had; the message is for the task's caller.</exception>
    public async Task<T> ReadAsync<T>(Func<T> read, ICodeClient client, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(client);
        var asked = new HashSet<(CodeSet, string, Guid?)>();
        while (true)
        {
            MissingCodeException missing;
            var set = Set;
            using (set.Enter())
            {
                try
                {
                    return read();
                }
                catch (MissingCodeException e)
                {
                    missing = e;
                }
            }

            if (!asked.Add((set, missing.Assembly, missing.Build)))
            {
                string which = missing.Build is { } build ? $" of build {build}" : "";
                throw new ShippingException($"The client sent {missing.Assembly} and the engine still has no such assembly{which}; connect again.");
            }

            await FetchAsync(missing, client, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Gets an assembly with all it needs from the client and loads it, unless that was done meanwhile.</summary>
    /// <exception cref="ShippingException">It can't be had; the message is for the task's caller.</exception>
    public async Task FetchAsync(MissingCodeException missing, ICodeClient client, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(missing);
        ArgumentNullException.ThrowIfNull(client);
        if (sets.Store is not { } store) throw new ShippingException($"{missing.Assembly} is not here, and {CodeContext.OffAdvice}.");
        await _fetching.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (Set.Has(missing)) return;
            var bundle = await client.FindAsync(Set.Program, missing.Assembly, missing.Build, cancel).ConfigureAwait(false);
            foreach (var item in Lacks(bundle)) store.Add(item, (await client.ImageAsync(item, cancel).ConfigureAwait(false)).Span);
            Add(bundle);
        }
        finally
        {
            _fetching.Release();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _set, null) is { } set) sets.Release(set);
    }
}

/// <summary>How an engine asks a client for code; <see cref="CodeSource"/> has the answers. Refusals come as <see cref="ShippingException"/>.</summary>
internal interface ICodeClient
{
    /// <summary><see cref="CodeSource.Find"/>.</summary>
    Task<CodeBundle> FindAsync(Guid program, string assembly, Guid? build, CancellationToken cancel);

    /// <summary><see cref="CodeSource.Image"/>.</summary>
    Task<ReadOnlyMemory<byte>> ImageAsync(CodeItem item, CancellationToken cancel);
}
