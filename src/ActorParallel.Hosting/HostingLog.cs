using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting;

/// <summary>What a service writes to its log. The ids are stable: one that goes is never used again.</summary>
internal static partial class HostingLog
{
    public const string Category = "ActorParallel";

    [LoggerMessage(EventId = 1, EventName = "Started", Level = LogLevel.Information, Message = "Executor {Executor} runs tasks on {Place} with {Workers} workers")]
    public static partial void Started(ILogger logger, string executor, ParallelPlace place, int workers);

    [LoggerMessage(EventId = 2, EventName = "Connected", Level = LogLevel.Information, Message = "Executor {Executor} is connected to the cluster {Cluster} with {Engines} engines")]
    public static partial void Connected(ILogger logger, string executor, string cluster, int engines);

    [LoggerMessage(EventId = 3, EventName = "NotConnected", Level = LogLevel.Warning, Message = "Executor {Executor} can't reach the cluster {Cluster} and tries again in {Seconds:0.#} s: {Reason}")]
    public static partial void NotConnected(ILogger logger, string executor, string cluster, double seconds, string reason);

    [LoggerMessage(EventId = 4, EventName = "Disconnected", Level = LogLevel.Warning, Message = "Executor {Executor} has lost the cluster {Cluster} and looks for it again: {Reason}")]
    public static partial void Disconnected(ILogger logger, string executor, string cluster, string reason);

    [LoggerMessage(EventId = 5, EventName = "EngineJoined", Level = LogLevel.Information, Message = "Executor {Executor}: engine {Engine} on {Host} has come")]
    public static partial void EngineJoined(ILogger logger, string executor, int engine, string host);

    [LoggerMessage(EventId = 6, EventName = "EngineLeft", Level = LogLevel.Information, Message = "Executor {Executor}: engine {Engine} on {Host} is gone: {Reason}")]
    public static partial void EngineLeft(ILogger logger, string executor, int engine, string host, string reason);

    [LoggerMessage(EventId = 7, EventName = "Draining", Level = LogLevel.Information, Message = "Executor {Executor} takes no more tasks; {Running} run and {Waiting} wait")]
    public static partial void Draining(ILogger logger, string executor, int running, long waiting);

    [LoggerMessage(EventId = 8, EventName = "Drained", Level = LogLevel.Information, Message = "Executor {Executor} has ended all its tasks after {Seconds:0.###} s")]
    public static partial void Drained(ILogger logger, string executor, double seconds);

    [LoggerMessage(EventId = 9, EventName = "TasksLost", Level = LogLevel.Warning, Message = "Executor {Executor} was stopped after {Seconds:0.###} s with {Running} tasks running and {Waiting} waiting: they are cancelled")]
    public static partial void TasksLost(ILogger logger, string executor, double seconds, int running, long waiting);

    [LoggerMessage(EventId = 10, EventName = "LeftBehind", Level = LogLevel.Information, Message = "Executor {Executor} has disconnected with {Running} tasks running and {Waiting} waiting: they go on in the cluster")]
    public static partial void LeftBehind(ILogger logger, string executor, int running, long waiting);

    [LoggerMessage(EventId = 11, EventName = "ControllerStarted", Level = LogLevel.Information, Message = "The controller of profile {Profile} runs in this process: {Connection}")]
    public static partial void ControllerStarted(ILogger logger, string profile, string connection);

    [LoggerMessage(EventId = 12, EventName = "ControllerEnded", Level = LogLevel.Warning, Message = "The controller of profile {Profile} was told to stop")]
    public static partial void ControllerEnded(ILogger logger, string profile);

    [LoggerMessage(EventId = 13, EventName = "EngineStarted", Level = LogLevel.Information, Message = "An engine for the cluster in profile {Profile} was started as process {Process}")]
    public static partial void EngineStarted(ILogger logger, int process, string profile);

    [LoggerMessage(EventId = 15, EventName = "ControllerSaid", Message = "The controller of profile {Profile}: {Text}")]
    public static partial void ControllerSaid(ILogger logger, LogLevel level, string profile, string text, Exception? exception);

    [LoggerMessage(EventId = 14, EventName = "EngineEnded", Level = LogLevel.Warning, Message = "An engine for the cluster in profile {Profile} has ended: {Reason}")]
    public static partial void EngineEnded(ILogger logger, string profile, string reason);
}
