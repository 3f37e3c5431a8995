namespace ActorParallel.Cli;

internal static class ExitCodes
{
    public const int Ok = 0, Failed = 1, Usage = 2, Interrupted = 130;

    public const string Help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (Ctrl-C).";
}

/// <summary>The command line asks for something that makes no sense: one sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>A command could not do what it was asked: one sentence.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
