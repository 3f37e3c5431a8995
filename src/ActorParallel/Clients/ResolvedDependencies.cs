using ActorParallel.Controllers;
using ActorParallel.Scheduling;

namespace ActorParallel.Clients;

/// <summary>
/// What of a task's dependencies is decided here, where results are known to have ended, what the controller decides, and what has to be
/// waited for because it is no single task of this client's (a map, a call of another executor).
/// </summary>
internal sealed class ResolvedDependencies
{
    public Exception? Refusal { get; private set; }

    public List<AsyncResult> Elsewhere { get; } = [];

    public Dependencies? AtController { get; private set; }

    /// <summary>The engines of ended tasks that are followed.</summary>
    public int[]? Targets { get; private set; }

    public static ResolvedDependencies Of(IReadOnlyList<TaskDependency> dependencies, ClusterExecutor executor)
    {
        var resolved = new ResolvedDependencies();
        var groups = new List<DependencyGroup>();
        foreach (var dependency in dependencies)
        {
            if (resolved.Add(dependency, executor) is { } group) groups.Add(group);
            if (resolved.Refusal is not null) return resolved;
        }
        if (groups.Count > 0) resolved.AtController = new Dependencies([.. groups]);
        return resolved;
    }

    DependencyGroup? Add(TaskDependency dependency, ClusterExecutor executor)
    {
        var open = new List<long>();
        var met = false;
        HashSet<int>? engines = null;
        foreach (var result in dependency.Results)
        {
            if (result.Ready)
            {
                if (dependency.IsMetBy(result))
                {
                    met = true;
                    if (dependency.Follows) (engines ??= []).Add(result.EngineId);
                    continue;
                }
                if (!dependency.All) continue;
                Refusal = new UnschedulableException($"The task was not run, because task {result.Id}, which it comes after, ended {result.State}.", result.Error);
                return null;
            }
            if (result.Host == executor && result is Engines.ITaskItem) open.Add(TaskIds.Of(executor.Shared.Number, result.Sequence));
            else Elsewhere.Add(result);
        }
        if (dependency.All && engines is { Count: > 1 })
        {
            Refusal = new UnschedulableException("The task was not run, because the tasks it follows ran on different engines: follow one of them, or use after.");
            return null;
        }
        if (engines is not null) Targets = [.. Targets is null ? engines : engines.Intersect(Targets)];
        if (dependency.All ? open.Count == 0 : met) return null;
        if (open.Count == 0 && Elsewhere.Count == 0 && !met)
        {
            Refusal = new UnschedulableException("The task was not run, because none of the tasks it comes after ended as it must have.");
            return null;
        }
        return open.Count == 0 ? null : new DependencyGroup(
            open, dependency.Follows ? DependencyKind.Follow : DependencyKind.After, dependency.All, dependency.OnSuccess, dependency.OnFailure);
    }
}
