using System.Runtime.Loader;
using ActorParallel.Functions;
using ActorParallel.Tests.Processes;

namespace ActorParallel.Tests.Functions;

/// <summary>An engine that is a process of its own, and can't see the client's folder in any way.</summary>
public sealed class CodeProcessTests
{
    [Fact]
    public async Task AnotherProcessRunsAProgramItNeverHad()
    {
        var program = new Compiled().Add("Words", "namespace Words { public record Count(string Word, int Times); }")
            .Add("Counting", "using Words; public static class Entry { public static Func<string, string> Most(int least) => text => string.Join(' ', text.Split(' ').GroupBy(w => w).Select(g => new Count(g.Key, g.Count())).Where(c => c.Times >= least)) + ' ' + Environment.ProcessId; }");
        var function = program.Get<Func<string, string>>("Counting", "Most", 2);
        var source = new CodeSource();
        Guid id = source.ProgramOf(FunctionDefinition.Of(function));
        var bundle = source.Find(id, "Counting", program.Build("Counting"));
        byte[] call = Trip.Write(function), described = bundle.ToArray();
        byte[][] images = [.. bundle.Items.Select(i => source.Image(i.Build))];
        string file = Probe.NewFile(), store = Shipment.NewFolder();
        Directory.Delete(program.Folder, recursive: true);

        using ParallelProcess engine = new(() =>
        {
            using var sets = new CodeSets(new CodeStore(store));
            using var lease = sets.Open(id);
            var wire = new Prepared(CodeBundle.Read(described), images);
            var there = (Func<string, string>)lease.ReadAsync(() => Trip.Read(call), wire, CancellationToken.None).GetAwaiter().GetResult();
            using (lease.Enter()) Probe.Write(file, $"{there("a b a c b a")} {AssemblyLoadContext.Default.Assemblies.Count(a => a.GetName().Name is "Counting" or "Words")} {wire.Asked}");
        });
        engine.Start();
        Assert.True(engine.Join(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, engine.ExitCode);
        Assert.Equal($"Count {{ Word = a, Times = 3 }} Count {{ Word = b, Times = 2 }} {engine.Pid} 0 2", await Probe.ReadAsync(file));
    }

    sealed class Prepared(CodeBundle bundle, byte[][] images) : ICodeClient
    {
        public int Asked { get; private set; }

        public Task<CodeBundle> FindAsync(Guid program, string assembly, Guid? build, CancellationToken cancel) => Task.FromResult(bundle);

        public Task<ReadOnlyMemory<byte>> ImageAsync(CodeItem item, CancellationToken cancel)
        {
            Asked++;
            return Task.FromResult<ReadOnlyMemory<byte>>(images[bundle.Items.ToList().FindIndex(i => i.Build == item.Build)]);
        }
    }
}
