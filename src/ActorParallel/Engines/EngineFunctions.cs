namespace ActorParallel.Engines;

/// <summary>The functions an engine was told of, by their controller's numbers. Touched by the engine's actor alone; entries by all threads.</summary>
internal sealed class EngineFunctions
{
    readonly Dictionary<int, Entry> _functions = [];

    public void Define(int id, int client, ReadOnlySpan<byte> definition) => _functions[id] = new Entry(client, definition.ToArray());

    public Entry Find(int id) => _functions[id];

    /// <summary>A client is gone: nothing calls its functions any more.</summary>
    public void Forget(int client)
    {
        foreach (var (id, entry) in _functions)
            if (entry.Client == client) _functions.Remove(id);
    }

    /// <summary>Another controller has other numbers.</summary>
    public void Clear() => _functions.Clear();

    /// <summary>One function: read when it is first called, on the worker's thread.</summary>
    internal sealed class Entry(int client, byte[] definition)
    {
        EngineFunction? _read;

        public int Client => client;

        /// <exception cref="ShippingException">It can't be had here; each task that calls it fails with this.</exception>
        public EngineFunction Get() => _read ??= EngineFunction.Read(definition);
    }
}
