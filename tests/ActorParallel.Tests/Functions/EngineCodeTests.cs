using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.Functions;

/// <summary>An engine's questions, with the way to the client in this process.</summary>
public sealed class EngineCodeTests
{
    readonly Compiled _program = new Compiled().Add("Deep", "namespace Deep { public static class Numbers { public static int Seven => 7; } }")
        .Add("App", "public static class Entry { public static Func<int, int> Add() => x => x + Deep.Numbers.Seven; }");
    readonly CodeSource _source = new();
    readonly CodeSets _sets = new(new CodeStore(Shipment.NewFolder()), keepIdle: 0);
    readonly List<(int Client, long Number, byte[] Question)> _asked = [];
    readonly EngineCode _code;

    public EngineCodeTests() => _code = new EngineCode(_sets, Hear);

    void Hear(Action<PayloadWriter> write)
    {
        using var writer = PayloadWriter.Rent();
        write(writer);
        var reader = new PayloadReader(writer.ToArray());
        Assert.Equal(ControllerEntry.NeedCode, (ControllerEntry)reader.ReadByte());
        lock (_asked) _asked.Add((reader.ReadInt32(), reader.ReadInt64(), reader.ReadBytes().ToArray()));
    }

    Func<int, int> Function => _program.Get<Func<int, int>>("App", "Add");

    MissingCodeException Missing => new("App", _program.Build("App"));

    async Task AnswerAsync(int count, Func<byte[], byte[]> answer)
    {
        for (int i = 0; i < count; i++)
        {
            while (true)
            {
                lock (_asked)
                {
                    if (_asked.Count > i) break;
                }

                await Task.Yield();
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }

            _code.Answered(_asked[i].Number, answer(_asked[i].Question));
        }
    }

    [Fact]
    public async Task TasksThatLackTheSameAskOnce()
    {
        var program = _code.Open(5, _source.ProgramOf(FunctionDefinition.Of(Function)));
        Assert.Same(program, _code.Open(5, program.Set.Program));
        var fetches = Enumerable.Range(0, 20).Select(_ => program.FetchAsync(Missing)).ToArray();
        await AnswerAsync(3, question => CodeQuestion.Answer(_source, question));
        await Task.WhenAll(fetches);
        Assert.Equal([5, 5, 5], _asked.Select(a => a.Client));
        Assert.True(program.Set.Has(Missing));
        await program.FetchAsync(Missing);
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public async Task ARefusalReachesAllWhoWaitAndIsNotRemembered()
    {
        var program = _code.Open(5, _source.ProgramOf(FunctionDefinition.Of(Function)));
        var fetches = Enumerable.Range(0, 20).Select(_ => program.FetchAsync(Missing)).ToArray();
        await AnswerAsync(1, _ => CodeQuestion.Refuse("it is gone"));
        foreach (var fetch in fetches) Assert.Equal("it is gone", (await Assert.ThrowsAsync<ShippingException>(() => fetch)).Message);
        Assert.Single(_asked);
        _asked.Clear();
        var again = program.FetchAsync(Missing);
        await AnswerAsync(3, question => CodeQuestion.Answer(_source, question));
        await again;
    }

    [Fact]
    public void AForgottenProgramStaysUntilItsTasksHaveEnded()
    {
        var program = _code.Open(5, _source.ProgramOf(FunctionDefinition.Of(Function)));
        program.Hold();
        _code.Forget(4);
        _code.Forget(5);
        Assert.NotNull(program.Set);
        program.Release();
        Assert.Throws<ObjectDisposedException>(() => program.Set);
        Assert.NotSame(program, _code.Open(5, default));
    }

    [Fact]
    public void AQuestionOfAnotherVersionIsRefused() =>
        Assert.Contains("does not know", Assert.Throws<ShippingException>(() => CodeQuestion.Open(CodeQuestion.Answer(_source, [99]))).Message, StringComparison.Ordinal);
}
