using System.Diagnostics;
using Spectre.Console;
using Profile = ActorParallel.Profiles.Profile;

namespace ActorParallel.Cli.Commands;

/// <summary>A cluster in this process, until somebody stops it.</summary>
internal sealed class ForegroundCluster(StartRequest request, Shell shell)
{
    readonly HashSet<(int, int)> _seen = [];
    readonly long _started = Stopwatch.GetTimestamp();

    Terminal Terminal => shell.Terminal;

    public async Task<int> RunAsync()
    {
        ParallelCluster? cluster = null;
        try
        {
            if (!Terminal.IsLive || request.Json)
            {
                if (!request.Json) Terminal.Line($"Starting a cluster in profile '{request.Profile}'.");
                cluster = await StartAsync(null).ConfigureAwait(false);
            }
            else
            {
                Terminal.IsDrawing = true;
                try
                {
                    cluster = await Terminal.Console.Status().StartAsync($"Starting a cluster in profile '{request.Profile}'", StartAsync).ConfigureAwait(false);
                }
                finally
                {
                    Terminal.IsDrawing = false;
                }
            }
            await cluster.Ended.WaitAsync(shell.Token).ConfigureAwait(false);
            Say("The cluster was stopped.");
            return ExitCodes.Ok;
        }
        catch (Exception e) when (Detached.IsDetached && cluster is null)
        {
            Detached.Tell(new DetachedReport { Error = shell.Token.IsCancellationRequested ? "It was interrupted." : Failures.Sentence(e) });
            throw;
        }
        catch (OperationCanceledException) when (shell.Token.IsCancellationRequested && cluster is not null)
        {
            Say("Stopping the cluster; Ctrl-C again ends it at once.");
            await cluster.StopAsync().ConfigureAwait(false);
            Say("The cluster was stopped.");
            return shell.Interrupts.Interrupted ? ExitCodes.Interrupted : ExitCodes.Ok;
        }
        finally
        {
            if (cluster is not null)
            {
                await cluster.DisposeAsync().ConfigureAwait(false);
                if (Profile.TryOpen(request.Profile, null, out var profile)) OwnerFile.Remove(profile);
            }
        }
    }

    async Task<ParallelCluster> StartAsync(StatusContext? status)
    {
        var cluster = await ParallelCluster.StartAsync(request.ToOptions(), shell.Token).ConfigureAwait(false);
        try
        {
            OwnerFile.Write(Profile.Open(request.Profile));
            cluster.Complained += (_, sentence) => Terminal.Error(sentence);
            var client = cluster.Nanny;
            client.EnginesChanged += (_, change) => Show(change);
            foreach (var engine in client.Engines) Show(new EnginesChange(engine, true, ""));
            await WaitAsync(cluster, status).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task WaitAsync(ParallelCluster cluster, StatusContext? status)
    {
        var (client, wanted) = (cluster.Nanny, cluster.Engines.Count);
        if (status is not null) client.EnginesChanged += (_, _) => status.Status($"{client.Ids.Count} of {wanted} engines are ready");
        string? shortfall = null;
        try
        {
            await client.WaitForEnginesAsync(wanted, request.Wait, shell.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            shortfall = $"Only {client.Ids.Count} of {wanted} engines came within {request.Wait.TotalSeconds:0.#} s: look at them with 'apcluster logs --profile {request.Profile}'.";
            Terminal.Error(shortfall);
        }
        var report = new DetachedReport { Cluster = ClusterDocument.Of(cluster.Connection, client.Engines), Error = shortfall };
        Detached.Tell(report);
        if (request.Json) Terminal.Json(report.Cluster);
        else Terminal.Line($"The cluster is ready: {Words.Count(client.Ids.Count, "engine")} after {Stopwatch.GetElapsedTime(_started).TotalSeconds:0.0} s. {Words.StopHint(request.Profile)}");
    }

    void Show(EnginesChange change)
    {
        var engine = change.Engine;
        lock (_seen)
        {
            if (change.Joined ? !_seen.Add((engine.Id, engine.ProcessId)) : !_seen.Remove((engine.Id, engine.ProcessId))) return;
        }
        Say(change.Joined
            ? $"Engine {engine.Id} is ready: process {engine.ProcessId} on {engine.Host}, {Words.Count(engine.Workers, "worker")}."
            : $"Engine {engine.Id} left: {change.Reason}");
    }

    void Say(string text)
    {
        if (!request.Json) Terminal.Line(text);
    }
}
