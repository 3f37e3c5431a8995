using ActorParallel.Engines;
using ActorParallel.Scripts;

namespace ActorParallel.EngineTests;

/// <summary>One engine's namespace with its C# session.</summary>
sealed class Engine
{
    public Engine() => Host = new EngineScripts(Values);

    public EngineNamespace Values { get; } = new();

    public IScriptHost Host { get; }

    public Task Execute(string code, string? file = null) => Host.ExecuteAsync(code, file, TestContext.Current.CancellationToken);

    public async Task<T> Evaluate<T>(string code) => Assert.IsType<T>(await Host.EvaluateAsync(code, TestContext.Current.CancellationToken), exactMatch: false);
}

/// <summary>A record of the tests' program, which scripts get as a value.</summary>
public sealed record Person(string Name, int Age);

public interface IGreeter
{
    string Greet();
}

sealed class HiddenGreeter : IGreeter
{
    public string Greet() => "hello";
}

public class Animal
{
    public string Voice() => "...";
}

sealed class HiddenDog : Animal;

sealed class Hidden
{
    public int Size { get; set; } = 3;

    public int Grow(int by) => Size += by;

    public int Fail() => throw new InvalidTimeZoneException("no zone");
}

public static class Outer<T>
{
    public sealed class Inner<TOther>(T first, TOther second)
    {
        public T First => first;

        public TOther Second => second;
    }
}
