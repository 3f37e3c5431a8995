namespace ActorParallel;

/// <summary>
/// The names by which a program listens to ActorParallel: <c>tracing.AddSource(ParallelTelemetry.ActivitySourceName)</c>,
/// <c>metrics.AddMeter(ParallelTelemetry.MeterName)</c>. As long as nobody listens, nothing is measured.
/// </summary>
/// <remarks>
/// Spans: <c>actorparallel.submit</c> (producer) in the caller's trace; below it <c>actorparallel.queue</c>, from the submission to the first start, <c>actorparallel.attempt</c>
/// for each run (consumer), and <c>actorparallel.retry</c>, from the end of one run to the start of the next. A task that runs elsewhere has its submission's trace as
/// <c>Activity.Current</c> there, in a span <c>actorparallel.run</c>, which is recorded where a listener of that process wants it.
/// </remarks>
public static class ParallelTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string ActivitySourceName = "ActorParallel";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "ActorParallel";
}
