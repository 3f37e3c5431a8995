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
        // In this process: the internals are visible to it, and nothing is generated or built.
        var config = DefaultConfig.Instance
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(args is [] ? ["--filter", "*"] : args, config);
        return summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success)) ? 1 : 0;
    }
}
