using ActorParallel.Cli.Commands;
using ActorParallel.Engines;
using ActorParallel.Scripts;

namespace ActorParallel.Cli;

/// <summary>apcluster.</summary>
internal static class Program
{
    static async Task<int> Main(string[] args)
    {
        // Before anything looks at the console: a cluster that is detached has none.
        if (Detached.Enter(ref args) is { } failure) return failure;
        ScriptHosts.Use(static values => new EngineScripts(values));
        using var interrupts = new Interrupts();
        using var terminal = new Terminal(Console.Out, Console.Error);
        return await Apcluster.RunAsync(args, terminal, interrupts).ConfigureAwait(false);
    }
}
