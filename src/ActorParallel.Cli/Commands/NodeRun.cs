using Akka.Configuration;

namespace ActorParallel.Cli.Commands;

/// <summary>Runs a member of a cluster of many machines in the foreground: what --config says akka.actor.provider = cluster in.</summary>
internal static class NodeRun
{
    public static bool IsMember(Config config) => config.HasPath("akka.actor.provider") && config.GetString("akka.actor.provider") == "cluster";

    public static async Task<int> RunAsync(Shell shell, Func<ClusterNode> start)
    {
        var node = start();
        shell.Terminal.Line($"This {node} is up. Stop it with Ctrl-C.");
        try
        {
            await node.Ended.WaitAsync(shell.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // In order: an engine finishes what it runs. A second signal ends the process.
            shell.Terminal.Line($"This {node} leaves its cluster.");
            await node.StopAsync().ConfigureAwait(false);
        }
        var end = await node.Ended.ConfigureAwait(false);
        if (end.ExitCode != NodeEnd.Stopped) shell.Terminal.Error(end.Reason);
        return end.ExitCode == NodeEnd.Stopped && shell.Interrupts.Interrupted ? ExitCodes.Interrupted : end.ExitCode;
    }

    /// <summary>A file's configuration.</summary>
    /// <exception cref="ConfigurationException">It can't be used.</exception>
    public static Config Load(FileInfo file) => ParallelConfig.Load(file.FullName);
}
