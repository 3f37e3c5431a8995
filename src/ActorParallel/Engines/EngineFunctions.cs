using ActorParallel.Functions;

namespace ActorParallel.Engines;

/// <summary>The functions an engine was told of, by their controller's numbers. Touched by the engine's actor alone; entries by all threads.</summary>
/// <param name="code">The programs of a cluster's clients; null in a pool, whose engines have their parent's program.</param>
internal sealed class EngineFunctions(EngineCode? code)
{
    readonly Dictionary<int, Entry> _functions = [];

    public void Define(int id, int client, Guid program, ReadOnlySpan<byte> definition) =>
        _functions[id] = new Entry(client, definition.ToArray(), client == 0 ? null : code?.Open(client, program));

    public Entry Find(int id) => _functions[id];

    /// <summary>A client is gone: nothing calls its functions any more.</summary>
    public void Forget(int client)
    {
        foreach (var (id, entry) in _functions)
            if (entry.Client == client) _functions.Remove(id);
        code?.Forget(client);
    }

    /// <summary>Another controller has other numbers.</summary>
    public void Clear()
    {
        _functions.Clear();
        code?.Clear();
    }

    /// <summary>One function: read when it is first called, on the worker's thread.</summary>
    internal sealed class Entry(int client, byte[] definition, EngineCodeProgram? program)
    {
        EngineFunction? _read;
        Shipped? _shipped;
        bool _needsSet;

        public int Client => client;

        /// <summary>The client's program that it belongs to; null in a pool.</summary>
        public EngineCodeProgram? Program => program;

        /// <summary>This process's own program is the client's, and lacks something that the function or its values need.</summary>
        public bool NeedsSet
        {
            get => Volatile.Read(ref _needsSet);
            set => Volatile.Write(ref _needsSet, value);
        }

        /// <summary>As this process's own program has it.</summary>
        /// <exception cref="ShippingException">It can't be had here; each task that calls it fails with this.</exception>
        public EngineFunction Get() => _read ??= EngineFunction.Read(definition);

        /// <summary>As a code set has it, whose scope the caller has entered.</summary>
        /// <exception cref="MissingCodeException">The client is to be asked for code.</exception>
        /// <exception cref="ShippingException">It can't be had here.</exception>
        public EngineFunction Get(CodeSet set)
        {
            var known = Volatile.Read(ref _shipped);
            if (known is null || known.Set != set) Volatile.Write(ref _shipped, known = new Shipped(set, EngineFunction.Read(definition)));
            return known.Function;
        }

        // A client's set may become another: what was read in the old one is of other builds.
        sealed record Shipped(CodeSet Set, EngineFunction Function);
    }
}
