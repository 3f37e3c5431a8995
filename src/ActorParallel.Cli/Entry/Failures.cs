using Akka.Configuration;

namespace ActorParallel.Cli;

/// <summary>What went wrong, in one sentence and a number.</summary>
internal static class Failures
{
    /// <summary>Set to 1 it shows where in this program something failed that should not have.</summary>
    const string TraceVariable = "ACTOR_PARALLEL_TRACE";

    public static int Report(Exception failure, Terminal terminal, Interrupts interrupts)
    {
        if (failure is OperationCanceledException && interrupts.Token.IsCancellationRequested)
        {
            terminal.Error("Interrupted.");
            return ExitCodes.Interrupted;
        }
        if (failure is UsageException)
        {
            terminal.Error(failure.Message);
            return ExitCodes.Usage;
        }
        terminal.Error(Sentence(failure));
        if (Environment.GetEnvironmentVariable(TraceVariable) == "1") terminal.Error(failure.ToString());
        return ExitCodes.Failed;
    }

    public static string Sentence(Exception failure) => failure switch
    {
        ArgumentException => WithoutParameter(failure),
        ClusterConnectionException or CommandException or ConfigurationException or EngineLaunchException or NoEnginesException or EnginesException or ScriptException
            or TimeoutException or IOException or UnauthorizedAccessException or InvalidOperationException or OperationCanceledException or NotSupportedException
            or ShippingException or ParallelMapException => failure.Message,
        AggregateException { InnerExceptions: [var only] } => Sentence(only),
        _ => $"{Name(failure)}: {failure.Message}",
    };

    /// <summary>The exception's type, as C# code calls it.</summary>
    public static string Name(Exception failure) => failure.GetType().Name.Split('`')[0];

    // "… (Parameter 'name')" and "Actual value was …" are for programmers.
    public static string WithoutParameter(Exception failure)
    {
        var text = failure.Message;
        var end = failure is ArgumentException { ParamName: { } name } ? text.IndexOf($" (Parameter '{name}')", StringComparison.Ordinal) : -1;
        return end >= 0 ? text[..end] : text;
    }
}
