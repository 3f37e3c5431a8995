using System.Runtime.Loader;
using static ActorParallel.Tests.Functions.ShippingClusterTests;

namespace ActorParallel.Tests.Functions;

/// <summary>Where engines may not ask, need not, or get no answer.</summary>
public sealed class ShippingLimitsTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnEngineThatTakesNoCodeSaysSo()
    {
        await using var cluster = await ShippedCluster.StartAsync("actor-parallel.cluster.allow-code-shipping = off", Token, engines: 1);
        await using var client = await ShippedCluster.ConnectAsync(cluster, 1, Token);
        var view = client.LoadBalancedView();
        var refused = await Assert.ThrowsAsync<ShippingException>(() => Within(view.ApplyAsync(x => x + 1, 1, Token)));
        Assert.Contains("allow-code-shipping = off", refused.Message, StringComparison.Ordinal);
        // What it has itself, it runs.
        Assert.Equal(3, await Within(view.ApplyAsync(Math.Abs, -3, Token)));
    }

    [Fact]
    public async Task EnginesOfThisProgramUseTheirOwnAndNamedTasksOfAnyBuild()
    {
        var options = new ParallelClusterOptions { Engines = 1, Config = "actor-parallel.cluster.allow-code-shipping = off" };
        await using var cluster = await ParallelCluster.StartAsync(options, Token);
        await using var client = await ShippedCluster.ConnectAsync(cluster, 1, Token);
        var view = client.LoadBalancedView();
        Assert.Equal("Default", await Within(view.ApplyAsync(() => AssemblyLoadContext.GetLoadContext(typeof(ShippingLimitsTests).Assembly)!.Name, Token)));

        var otherBuild = new Compiled().Add("ActorParallel.Tests", "public static class Entry { public static Func<int, string> Named() => Say; [ActorParallel.ParallelTask(\"shipping-say\")] public static string Say(int x) => \"client\" + x; }");
        Assert.Equal("engine7", await Within(view.ApplyAsync(otherBuild.Get<Func<int, string>>("ActorParallel.Tests", "Named"), 7, Token)));
    }

    [ParallelTask("shipping-say")]
    public static string Say(int x) => "engine" + x;

    [Fact]
    public async Task EnginesOfThisProgramTakeWhatItHasLoadedSince()
    {
        await using var cluster = await ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = 1 }, Token);
        await using var client = await ShippedCluster.ConnectAsync(cluster, 1, Token);
        var view = client.LoadBalancedView();
        Assert.Equal("Default", await Within(view.ApplyAsync(() => AssemblyLoadContext.GetLoadContext(typeof(ShippingLimitsTests).Assembly)!.Name, Token)));

        var plugin = new Compiled().Add("LoadedLater", "public sealed record Plugged(int Value); public static class Entry { public static object Make() => new Plugged(5); public static Func<int, int> Add() => x => x + 100; }");
        // Whichever of the two is called first: neither changes what the other is read in.
        Assert.Equal(107, await Within(view.ApplyAsync(plugin.Get<Func<int, int>>("LoadedLater", "Add"), 7, Token)));
        Assert.Equal("Default", await Within(view.ApplyAsync(() => AssemblyLoadContext.GetLoadContext(typeof(ShippingLimitsTests).Assembly)!.Name, Token)));
        Assert.Equal("Plugged { Value = 5 } Default", await Within(view.ApplyAsync(
            o => $"{o} {AssemblyLoadContext.GetLoadContext(typeof(ShippingLimitsTests).Assembly)!.Name}", plugin.Get<object>("LoadedLater", "Make"), Token)));
        Assert.Equal(6, await Within(view.ApplyAsync(x => x + 1, 5, Token)));
    }

    [Fact]
    public async Task AClientThatIsGoneCantBeAskedAndTheTaskSaysSo()
    {
        await using var cluster = await ShippedCluster.StartAsync("", Token, engines: 0);
        await using var other = await cluster.ConnectAsync(Token);
        AsyncResult<int> orphan;
        await using (var client = await cluster.ConnectAsync(Token))
        {
            orphan = client.LoadBalancedView().ApplyAsync(x => x + 1, 1, Token);
            // It has arrived when a question behind it is answered.
            while ((await client.QueueStatusAsync(Token)).Ready == 0) await Task.Yield();
        }

        var result = other.GetResult<int>(orphan.Id.ToString()!);
        await cluster.ScaleAsync(1, Token);
        var refused = await Assert.ThrowsAsync<ShippingException>(() => Within(result));
        Assert.Contains("the client is gone", refused.Message, StringComparison.Ordinal);
        // The engine goes on.
        Assert.Equal(2, await Within(other.LoadBalancedView().ApplyAsync(x => x + 1, 1, Token)));
    }
}
