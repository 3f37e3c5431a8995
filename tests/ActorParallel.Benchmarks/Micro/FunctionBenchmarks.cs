using ActorParallel.Functions;
using ActorParallel.Payloads;
using BenchmarkDotNet.Attributes;

namespace ActorParallel.Benchmarks.Micro;

/// <summary>What a call on a process pool costs for its function: finding the definition, writing the captures, making the delegate again.</summary>
public class FunctionBenchmarks
{
    static readonly Func<int, int> Plain = x => x + 1;

    Func<int, int> _closure = Plain;
    byte[] _captures = [];

    [GlobalSetup]
    public void Setup()
    {
        var (factor, name) = (3, "captured");
        _closure = x => x * factor + name.Length;
        using var writer = PayloadWriter.Rent();
        FunctionDefinition.Of(_closure).WriteCaptures(writer, _closure);
        _captures = writer.ToArray();
    }

    [Benchmark]
    public object DefinitionOfPlain() => FunctionDefinition.Of(Plain);

    [Benchmark]
    public object DefinitionOfClosure() => FunctionDefinition.Of(_closure);

    [Benchmark]
    public long WriteCaptures()
    {
        using var writer = PayloadWriter.Rent();
        FunctionDefinition.Of(_closure).WriteCaptures(writer, _closure);
        return writer.Length;
    }

    [Benchmark]
    public Delegate ReadCaptures()
    {
        var reader = new PayloadReader(_captures);
        return FunctionDefinition.Of(_closure).ReadCaptures(ref reader);
    }

    [Benchmark]
    public bool Explain() => Shipping.Explain(_closure).CanShip;
}
