using System.Globalization;
using static ActorParallel.MembershipTests.Until;

namespace ActorParallel.MembershipTests;

/// <summary>Who goes in order, and who is taken for gone.</summary>
public sealed class LeavingTests
{
    static string NewFile() => Path.Combine(Path.GetTempPath(), $"apn-{Guid.NewGuid():N}");

    /// <summary>Says that it runs, and runs until it may end.</summary>
    static int Held(string file)
    {
        File.WriteAllText(file + ".by", $"{Environment.ProcessId}");
        File.AppendAllText(file, "x");
        while (!File.Exists(file + ".go")) TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(10);
        return Environment.ProcessId;
    }

    [Fact]
    public async Task WhatRunsGoesOnWhileTheControllerHandsOverAndIsNotRunTwice()
    {
        await using var nodes = await new Nodes().StartAsync(2);
        var file = NewFile();
        var task = nodes.Tasks.ApplyAsync(Held, file);
        await TrueAsync(() => File.Exists(file), "the task runs", nodes.Logs);
        var call = nodes.Client[nodes.Client.Ids[0]].ApplyAsync(Held, file, Cancel);
        await TrueAsync(() => File.ReadAllText(file).Length == 2, "the call runs", nodes.Logs);
        // In order: the standby takes over at once.
        nodes.Controllers[0].Signal("TERM");
        Assert.Equal(0, await nodes.Controllers[0].EndAsync());
        Assert.Equal(5, await End(nodes.Tasks.ApplyAsync(static () => 5)));
        // By kill -9 of one that is alone: the next is another process.
        nodes.StartController(0);
        await TrueAsync(() => nodes.Controllers[0].Says("Joined: "), "a new standby has joined", nodes.Logs);
        nodes.Controllers[1].Signal("KILL");
        Assert.Equal(6, await End(nodes.Tasks.ApplyAsync(static () => 6)));
        await File.WriteAllTextAsync(file + ".go", "", Cancel);
        Assert.Contains(await End(task), nodes.Engines.Select(e => e.Id));
        Assert.Contains(await End(call), nodes.Engines.Select(e => e.Id));
        Assert.Equal("xx", await File.ReadAllTextAsync(file, Cancel));
        Assert.Equal(1, task.Metadata.Attempt);
    }

    [Fact]
    public async Task AnEngineThatIsStoppedFinishesWhatItRunsAndGetsNothingNew()
    {
        await using var nodes = await new Nodes().StartAsync(2);
        var file = NewFile();
        var task = nodes.Tasks.ApplyAsync(Held, file);
        await TrueAsync(() => File.Exists(file), "the task runs", nodes.Logs);
        var engine = nodes.Engines.Single(e => e.Id == RunsIt(file));
        engine.Signal("TERM");
        await TrueAsync(() => engine.Says("leaves its cluster"), "it leaves", nodes.Logs);
        // Whatever comes now goes to the other one.
        var others = await AsyncResult.WhenAll(Enumerable.Range(0, 50).Select(_ => nodes.Tasks.ApplyAsync(static () => Environment.ProcessId)).ToArray()).WaitAsync(Limit, Cancel);
        Assert.All(others, pid => Assert.NotEqual(engine.Id, pid));
        Assert.False(engine.Process.HasExited);
        await File.WriteAllTextAsync(file + ".go", "", Cancel);
        Assert.Equal(engine.Id, await End(task));
        Assert.Equal(1, task.Metadata.Attempt);
        Assert.Equal(0, await engine.EndAsync());
        await TrueAsync(() => nodes.Client.Ids.Count == 1, "the client knows that it is gone", nodes.Logs);
    }

    static int RunsIt(string file) => int.Parse(File.ReadAllText(file + ".by"), CultureInfo.InvariantCulture);

    [Fact]
    public async Task AnEngineThatWasTakenForGoneHasNoSayAndComesBackAnew()
    {
        await using var nodes = await new Nodes().StartAsync(2);
        var file = NewFile();
        var task = nodes.Tasks.ApplyAsync(Held, file);
        await TrueAsync(() => File.Exists(file), "the task runs", nodes.Logs);
        var engine = nodes.Engines.Single(e => e.Id == RunsIt(file));
        engine.Signal("STOP");
        await TrueAsync(() => File.ReadAllText(file).Length == 2, "another attempt of it runs elsewhere", nodes.Logs);
        var second = RunsIt(file);
        Assert.NotEqual(engine.Id, second);
        // Both attempts end now; the one that was given up first, as soon as it can.
        await File.WriteAllTextAsync(file + ".go", "", Cancel);
        engine.Signal("CONT");
        Assert.Equal(second, await End(task));
        Assert.Equal(2, task.Metadata.Attempt);
        Assert.Equal(NodeEnd.StartAnew, await engine.EndAsync());
        nodes.StartEngine();
        await nodes.Client.WaitForEnginesAsync(2, Limit, Cancel);
    }

    [Fact]
    public async Task AControllerThatWasFrozenGivesWayWhenItIsBack()
    {
        await using var nodes = await new Nodes().StartAsync(2);
        nodes.Controllers[0].Signal("STOP");
        // The standby is active by then.
        Assert.Equal(5, await End(nodes.Tasks.ApplyAsync(static () => 5)));
        nodes.Controllers[0].Signal("CONT");
        Assert.Equal(NodeEnd.StartAnew, await nodes.Controllers[0].EndAsync());
        nodes.StartController(0);
        await TrueAsync(() => nodes.Controllers[0].Says("Joined: "), "it is back and stands by", nodes.Logs);
        Assert.Equal(6, await End(nodes.Tasks.ApplyAsync(static () => 6)));
        Assert.All(nodes.Engines, e => Assert.False(e.Process.HasExited, e.Log));
    }
}
