using System.Reflection;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Tests;

public sealed class LogTests
{
    [Fact]
    public void Events_keep_their_ids()
    {
        var events = typeof(HostingLog).GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()
            .OrderBy(a => a.EventId).Select(a => $"{a.EventId} {a.EventName}");
        string[] expected =
        [
            "1 Started", "2 Connected", "3 NotConnected", "4 Disconnected", "5 EngineJoined", "6 EngineLeft", "7 Draining", "8 Drained", "9 TasksLost", "10 LeftBehind",
            "11 ControllerStarted", "12 ControllerEnded", "13 EngineStarted", "14 EngineEnded", "15 ControllerSaid",
        ];
        Assert.Equal(expected, events);
    }
}
