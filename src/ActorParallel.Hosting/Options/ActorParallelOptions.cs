using Akka.Configuration;

namespace ActorParallel;

/// <summary>
/// How ActorParallel runs in a service. Each value is the first there is of: what code sets here; <c>IConfiguration</c>, section <c>ActorParallel</c>
/// (<c>ActorParallel:Executors:name</c> for a named one); HOCON, sections <c>actor-parallel.hosting</c> and <c>actor-parallel.pool</c>; the default.
/// Checked when the host starts.
/// </summary>
public sealed class ActorParallelOptions
{
    /// <summary>The section of <c>IConfiguration</c>.</summary>
    public const string SectionName = "ActorParallel";

    /// <summary>Where tasks run. Default: on threads of this process.</summary>
    public ParallelPlace? RunOn { get; set; }

    /// <summary>
    /// The profile whose cluster runs the tasks, when <see cref="RunOn"/> says so. Default: the cluster of many machines whose controllers the HOCON names
    /// (<c>actor-parallel.client.contacts</c>), and where it names none, <c>default</c>.
    /// </summary>
    public string? Profile { get; set; }

    /// <summary>The longest that one attempt to reach the cluster's controller takes, and that a call waits for a connection. Default 10 s.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>The longest that what was submitted may take to end when the host stops; zero: as long as the host's own shutdown timeout, which bounds it in any case. Default zero.</summary>
    public TimeSpan? DrainTimeout { get; set; }

    /// <summary>The service is ready with so many engines; a pool of threads is one. Default 1.</summary>
    public int? MinEngines { get; set; }

    /// <summary>When the first task of the queue has waited for longer, the service's health is degraded; zero: however long. Default zero.</summary>
    public TimeSpan? MaxQueueAge { get; set; }

    /// <summary>The options of the pool, when <see cref="RunOn"/> is threads or processes.</summary>
    public ParallelPoolOptions Pool { get; set; } = new();

    /// <summary>A HOCON file, read as <see cref="ParallelConfig.Load"/> does; a relative path counts from the host's content root. Default: none.</summary>
    public string? HoconFile { get; set; }

    /// <summary>HOCON above that of <see cref="HoconFile"/>. From code only. Default: none.</summary>
    public Config? Hocon { get; set; }

    /// <summary>The folder that holds profiles. Default null: <c>ACTOR_PARALLEL_HOME</c>, or <c>~/.actor-parallel</c>.</summary>
    internal string? Home { get; set; }

    /// <summary>What was wrong with the configuration, told when it is validated.</summary>
    internal string? Problem { get; set; }
}
