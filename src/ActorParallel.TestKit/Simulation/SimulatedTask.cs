namespace ActorParallel.TestKit;

/// <summary>A task of a <see cref="SimulatedCluster"/>: shows how it stands now.</summary>
public sealed class SimulatedTask
{
    readonly SimulatedCluster _cluster;

    internal SimulatedTask(SimulatedCluster cluster, long id) => (_cluster, Id) = (cluster, id);

    /// <summary>Its id: tasks are numbered as they are submitted, from 0.</summary>
    public long Id { get; }

    /// <summary>Where it is, or how it ended.</summary>
    public TaskState State => _cluster.StateOf(Id);

    /// <summary>The engine that has it, or on which it ended; null for none.</summary>
    public int? EngineId => _cluster.EngineOf(Id);

    /// <summary>It has ended, in whatever way.</summary>
    public bool HasEnded => Ends > 0;

    /// <summary>It has ended well.</summary>
    public bool HasSucceeded => HasEnded && State == TaskState.Succeeded;

    /// <summary>How often its end was told. Once is right.</summary>
    public int Ends => _cluster.Facts(Id).Ends;

    /// <summary>How often it was assigned to an engine.</summary>
    public int Attempts => _cluster.Facts(Id).Attempts;

    /// <summary>When it was submitted, since the start of the run.</summary>
    public TimeSpan SubmittedAt => TimeSpan.FromTicks(_cluster.Facts(Id).SubmittedAt);

    /// <summary>When it first started; null if it never did.</summary>
    public TimeSpan? StartedAt => Moment(_cluster.Facts(Id).StartedAt);

    /// <summary>When it ended; null if it hasn't.</summary>
    public TimeSpan? EndedAt => Moment(_cluster.Facts(Id).EndedAt);

    /// <summary>Its id, how it stands, and why.</summary>
    public override string ToString() => $"task {Id}, {State}, {(HasEnded ? $"ended at {ReportText.Of(EndedAt!.Value)}" : _cluster.Explain(this))}, {Attempts} attempts";

    static TimeSpan? Moment(long ticks) => ticks < 0 ? null : TimeSpan.FromTicks(ticks);
}
