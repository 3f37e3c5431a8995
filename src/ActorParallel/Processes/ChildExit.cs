namespace ActorParallel.Processes;

/// <summary>How a child process ended.</summary>
/// <param name="Code">What it returned; 128 + the signal's number when a signal ended it; 255 when somebody else took its exit status.</param>
/// <param name="Signal">The number of the signal that ended it, or null. Always null on Windows.</param>
/// <param name="Timestamp">When that was noticed (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>).</param>
/// <param name="PeakBytes">Its largest resident memory, in bytes, or null where that can't be told.</param>
/// <param name="CpuTime">Processor time it used, user and kernel.</param>
internal sealed record ChildExit(int Code, int? Signal, long Timestamp, long? PeakBytes, TimeSpan CpuTime)
{
    /// <summary>The code as Python gives it: negative signal number when a signal ended it.</summary>
    public int SignedCode => Signal is { } signal ? -signal : Code;

    /// <summary>For messages: <c>exit code 3</c>, <c>signal 9 (SIGKILL)</c>.</summary>
    public override string ToString() => (Signal, PeakBytes) switch
    {
        (null, null) => $"exit code {Code}",
        (null, { } peak) => $"exit code {Code}, peak memory {peak >> 20} MB",
        ({ } signal, null) => $"signal {signal}{NameOf(signal)}",
        ({ } signal, { } peak) => $"signal {signal}{NameOf(signal)}, peak memory {peak >> 20} MB",
    };

    static string NameOf(int signal) => signal switch
    {
        1 => " (SIGHUP)",
        2 => " (SIGINT)",
        3 => " (SIGQUIT)",
        4 => " (SIGILL)",
        6 => " (SIGABRT)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    };
}
