namespace ActorParallel.Functions;

/// <summary>
/// The code sets of an engine. Clients that run the same program share one, with its static fields; it is unloaded some time after the
/// last has gone. Thread-safe.
/// </summary>
/// <param name="store">Where assemblies are kept; null when the engine takes no code from clients.</param>
/// <param name="keepIdle">How many sets that nobody uses stay loaded, for programs that come again.</param>
internal sealed class CodeSets(CodeStore? store, int keepIdle = 4) : IDisposable
{
    readonly Lock _gate = new();
    readonly Dictionary<Guid, CodeSet> _current = [];
    readonly LinkedList<CodeSet> _idle = [];
    readonly List<WeakReference> _unloaded = [];

    /// <summary>Whether clients' assemblies are taken.</summary>
    public bool Shipping => store is not null;

    public CodeStore? Store => store;

    /// <summary>
    /// Sets that were unloaded and are still there: a running thread or timer of theirs, an event handler, or a library that keeps every
    /// type it met (System.Text.Json, Newtonsoft.Json, MessagePack's resolvers) holds their code. Many are a reason to start the engine again.
    /// </summary>
    public int Lingering
    {
        get
        {
            lock (_gate)
            {
                _unloaded.RemoveAll(static set => !set.IsAlive);
                return _unloaded.Count;
            }
        }
    }

    /// <summary>The set for a client's program, until the lease is disposed.</summary>
    /// <param name="program">As <see cref="CodeSource.ProgramOf"/> says.</param>
    public CodeLease Open(Guid program)
    {
        lock (_gate)
        {
            if (!_current.TryGetValue(program, out var set)) _current.Add(program, set = new CodeSet(program, store));
            return new CodeLease(this, Take(set));
        }
    }

    /// <summary>A set for a lease whose client has other builds than those who share its set.</summary>
    internal CodeSet Replace(CodeSet old, CodeBundle bundle)
    {
        lock (_gate)
        {
            var current = _current.GetValueOrDefault(old.Program);
            if (current is null || !current.Fits(bundle))
            {
                if (current is { Leases: 0 } && _idle.Remove(current)) Unload(current);
                _current[old.Program] = current = new CodeSet(old.Program, store);
            }

            Take(current);
            Return(old);
            return current;
        }
    }

    internal void Release(CodeSet set)
    {
        lock (_gate) Return(set);
    }

    CodeSet Take(CodeSet set)
    {
        if (set.Leases++ == 0) _idle.Remove(set);
        return set;
    }

    void Return(CodeSet set)
    {
        if (--set.Leases > 0) return;
        bool comesAgain = _current.GetValueOrDefault(set.Program) == set;
        if (comesAgain) _idle.AddLast(set);
        else Unload(set);
        while (_idle.Count > keepIdle)
        {
            var oldest = _idle.First!.Value;
            _idle.RemoveFirst();
            _current.Remove(oldest.Program);
            Unload(oldest);
        }
    }

    void Unload(CodeSet set)
    {
        _unloaded.RemoveAll(static s => !s.IsAlive);
        _unloaded.Add(new WeakReference(set.Context));
        set.Context.Unload();
    }

    /// <summary>Unloads all that nobody uses; what is used goes with its last lease.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var set in _current.Values.Where(static s => s.Leases == 0)) Unload(set);
            _current.Clear();
            _idle.Clear();
        }
    }
}
