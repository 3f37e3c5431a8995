using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace ActorParallel.Benchmarks.Micro;

/// <summary><c>micro</c>: the parts under BenchmarkDotNet, which takes its own arguments (<c>--filter *Payload*</c>, <c>--job long</c>).</summary>
internal static class MicroCommand
{
    public static int Run(string[] args)
    {
        var config = ManualConfig.Create(DefaultConfig.Instance).AddDiagnoser(MemoryDiagnoser.Default).WithOption(ConfigOptions.JoinSummary, true);
        // In this process: the internals are visible to it, and nothing is generated or built.
        if (args.Any(a => a is "--job" or "-j")) args = [.. args, "--inProcess"];
        else config.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        if (!args.Any(a => a is "--filter" or "-f" or "--list")) args = [.. args, "--filter", "*"];
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(args, config);
        return summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success)) ? 1 : 0;
    }
}
