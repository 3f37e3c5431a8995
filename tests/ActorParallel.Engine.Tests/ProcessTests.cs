using ActorParallel.Engines;

namespace ActorParallel.EngineTests;

public class ProcessTests
{
    [Fact]
    public void An_engine_loads_the_compiler_with_the_first_code()
    {
        using var pool = ParallelPool.Processes(1);
        Assert.False(pool.Apply(HasCompiler));
        Assert.Equal(42, pool.Apply(static () =>
        {
            TaskContext.Current!.Namespace["a"] = 20;
            var host = ScriptHosts.For(TaskContext.Current.Namespace);
            host.ExecuteAsync("int b = a + 1;", null, default).GetAwaiter().GetResult();
            return (int)host.EvaluateAsync("b * 2", default).GetAwaiter().GetResult()!;
        }));
        Assert.Equal(21, pool.Apply(static () => (int)TaskContext.Current!.Namespace["b"]!));
        Assert.True(pool.Apply(HasCompiler));
    }

    static bool HasCompiler() => AppDomain.CurrentDomain.GetAssemblies().Any(static assembly => assembly.GetName().Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));
}
