namespace ActorParallel;

/// <summary>How a member of a cluster ended.</summary>
/// <param name="ExitCode">What its process should end with: see <see cref="Stopped"/>, <see cref="Failed"/> and <see cref="StartAnew"/>.</param>
/// <param name="Reason">Why, in one sentence.</param>
public sealed record NodeEnd(int ExitCode, string Reason)
{
    /// <summary>It was stopped as asked: 0.</summary>
    public const int Stopped = 0;

    /// <summary>It failed: 1. Its log says how; whatever starts it should start it again.</summary>
    public const int Failed = 1;

    /// <summary>
    /// It lost its place in the cluster, because the others took it for gone or because it was on the side of a cut network that gives way: 75 (EX_TEMPFAIL of
    /// sysexits.h). Nothing is wrong with it: whatever starts it should start it again, and it joins anew.
    /// </summary>
    public const int StartAnew = 75;
}
