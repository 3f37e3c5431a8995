using ActorParallel.Controllers;
using ActorParallel.Engines;
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

    /// <param name="options">Of the task.</param>
    /// <param name="executor">Its executor.</param>
    /// <param name="isOpen">Whether the controller may still be asked about a task; null: about all that have not ended here.</param>
    public static ResolvedDependencies Of(TaskOptions options, ClusterExecutor executor, Func<long, bool>? isOpen)
    {
        var resolved = new ResolvedDependencies();
        var groups = new List<DependencyGroup>();
        foreach (var dependency in options.Dependencies)
        {
            if (resolved.Add(dependency, executor, isOpen) is { } group) groups.Add(group);
            if (resolved.Refusal is not null) return resolved;
        }
        if (resolved.Targets is { } followed && options.Targets is { } targets)
        {
            resolved.Targets = [.. followed.Intersect(targets)];
            if (resolved.Targets.Length == 0)
                resolved.Refusal = new UnschedulableException($"The task was not run, because it may run on engine {string.Join(", ", targets)} only, and what it follows ran on engine {string.Join(", ", followed)}.");
        }
        if (groups.Count > 0) resolved.AtController = new Dependencies([.. groups]);
        return resolved;
    }

    DependencyGroup? Add(TaskDependency dependency, ClusterExecutor executor, Func<long, bool>? isOpen)
    {
        var open = new List<long>();
        var elsewhere = new List<AsyncResult>();
        HashSet<int>? engines = null;
        var met = false;
        foreach (var result in dependency.Results)
        {
            if (!result.Ready)
            {
                if (executor.Scheduled(result) is { } taskId && isOpen?.Invoke(taskId) != false) open.Add(taskId);
                else elsewhere.Add(result);
                continue;
            }
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
        if (dependency.All && engines is { Count: > 1 })
        {
            Refusal = new UnschedulableException("The task was not run, because the tasks it follows ran on different engines: follow one of them, or use after.");
            return null;
        }
        if (engines is not null)
        {
            Targets = [.. Targets is null ? engines : engines.Intersect(Targets)];
            if (Targets.Length == 0)
            {
                Refusal = new UnschedulableException("The task was not run, because the tasks it follows ran on different engines: follow one of them, or use after.");
                return null;
            }
        }
        if (dependency.Results.Count == 0 || (!dependency.All && met)) return null;
        if (!dependency.All && open.Count + elsewhere.Count == 0)
        {
            Refusal = new UnschedulableException("The task was not run, because none of the tasks it comes after ended as it must have.");
            return null;
        }
        Elsewhere.AddRange(elsewhere);
        return open.Count == 0 ? null : new DependencyGroup(
            open, dependency.Follows ? DependencyKind.Follow : DependencyKind.After, dependency.All, dependency.OnSuccess, dependency.OnFailure);
    }
}
