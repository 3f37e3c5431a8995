using System.Globalization;
using Akka.Actor;
using Akka.Event;

namespace ActorParallel.Membership;

/// <summary>
/// Writes what a member says about itself to standard output, a line each. What Akka's remoting tells of every attempt to reach somebody who is
/// not there is left out below DEBUG: who is gone, the cluster says. Named by <c>akka.loggers</c> in the files of <c>config/</c>.
/// </summary>
internal sealed class NodeLog : UntypedActor
{
    bool _all;

    protected override void PreStart() => _all = Context.System.Settings.LogLevel == "DEBUG";

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent line when _all || line.LogLevel() >= LogLevel.ErrorLevel || !IsChatter(line.LogSource):
                Write(line);
                break;
        }
    }

    static bool IsChatter(string source) =>
        source.StartsWith("remoting", StringComparison.Ordinal) || source.Contains("/system/endpointManager", StringComparison.Ordinal) || source.Contains("/system/remote-", StringComparison.Ordinal);

    void Write(LogEvent line)
    {
        var text = line.Message?.ToString() ?? "";
        if (line.Cause is { } cause) text = $"{text} {(_all || line.LogLevel() >= LogLevel.ErrorLevel ? cause : cause.Message)}";
        var level = line.LogLevel().ToString().Replace("Level", "", StringComparison.Ordinal).ToUpperInvariant();
        var source = line.LogSource.LastIndexOf("/user/", StringComparison.Ordinal) is >= 0 and var at ? line.LogSource[(at + 6)..] : line.LogSource.Split('/')[^1];
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Timestamp:yyyy-MM-dd HH:mm:ss.fff}Z {level,-7} {source}: {text}"));
    }
}
