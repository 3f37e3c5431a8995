namespace ActorParallel.Benchmarks.Compare;

/// <summary>The clusters that Python programs use: those of them that are installed.</summary>
internal sealed class ClusterPeers
{
    static readonly string[] All = ["ipyparallel", "distributed"];

    readonly PythonPeer? _python;
    readonly string[] _here;

    public ClusterPeers(PythonPeer? python)
    {
        _python = python;
        _here = python is null ? [] : [.. All.Where(python.Has)];
    }

    public IEnumerable<Contender> Run(string run, Dictionary<string, object>? request = null) =>
        _here.Select(module => new Contender(module, () => _python!.RunOnCluster(module, new(request ?? []) { ["run"] = run })));

    public IEnumerable<Contender> RunTasks(string run, int tasks) =>
        Run(run, new() { ["n"] = tasks }).Select(c => c with { Name = $"{c.Name} ({tasks:#,0})" });
}
