using System.Text.RegularExpressions;
using System.Xml.Linq;
using ActorParallel.Pools;
using Akka.Configuration;

namespace ActorParallel.Tests.Pools;

public sealed partial class OptionsTests
{
    static readonly Config s_reference = PoolConfig.Reference.GetConfig("actor-parallel.pool");

    static string[] Keys => [.. s_reference.AsEnumerable().Select(pair => pair.Key)];

    static string Kebab(string name) => Capital().Replace(name, m => $"-{m.Value}").TrimStart('-').ToLowerInvariant();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [Fact]
    public void EveryKeyIsAnOptionAndEveryOptionAKey()
    {
        // A function has no place in HOCON.
        var options = typeof(ParallelPoolOptions).GetProperties().Select(p => p.Name).Where(n => n is not ("Initializer" or "EqualityContract"));
        Assert.Equal(options.Select(Kebab).Order(), Keys.Order());
    }

    [Fact]
    public void TheDocumentedDefaultsAreTheReferenceConfigurations()
    {
        var docs = XDocument.Load(Path.ChangeExtension(typeof(ParallelPool).Assembly.Location, ".xml")).Descendants("member");
        foreach (var property in typeof(ParallelPoolOptions).GetProperties().Where(p => p.Name != "Initializer"))
        {
            var member = docs.Single(m => (string?)m.Attribute("name") == $"P:ActorParallel.ParallelPoolOptions.{property.Name}");
            var text = Space().Replace(string.Concat(member.Element("summary")!.Value), " ");
            var match = Default().Match(text);
            Assert.True(match.Success, $"{property.Name}: \"{text}\" names no default");
            var documented = match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value;
            Assert.Equal(Plain(s_reference.GetString(Kebab(property.Name))), Plain(documented));
        }
    }

    [GeneratedRegex(@"Default:? ([^.:]+)[.:]|([a-z-]+) \(default\)")]
    private static partial Regex Default();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    static string Plain(string value) => value.Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal) switch
    {
        "oneacore" => "auto",
        "false" => "off",
        "0b" => "0",
        var other => other,
    };

    [Fact]
    public void CodeComesBeforeHoconAndThatBeforeTheReference()
    {
        var hocon = ConfigurationFactory.ParseString("actor-parallel.pool { workers = 5, max-in-flight = 7 }");
        var settings = PoolConfig.Settings(hocon, new ParallelPoolOptions { Workers = 2 });
        Assert.Equal((2, 7, 3), (settings.Workers, settings.MaxInFlight, settings.InitializerTries));
        Assert.Equal(Environment.ProcessorCount, PoolConfig.Settings(Config.Empty, null).Workers);
        using var pool = new ParallelPool(null, hocon);
        Assert.Equal(5, pool.Workers);
    }

    [Theory]
    [InlineData("workers", "0")]
    [InlineData("workers", "-3")]
    [InlineData("workers", "many")]
    [InlineData("workers", "2.5")]
    [InlineData("router", "fastest")]
    [InlineData("initializer-tries", "0")]
    [InlineData("max-tasks-per-worker", "-1")]
    [InlineData("max-in-flight", "0")]
    [InlineData("cancel-grace-period", "-1 s")]
    [InlineData("cancel-grace-period", "soon")]
    [InlineData("retry-backoff", "0 s")]
    [InlineData("max-retry-backoff", "infinite")]
    [InlineData("dispose-timeout", "100 days")]
    [InlineData("start-timeout", "0 s")]
    [InlineData("start-tries", "0")]
    [InlineData("engine-loss-retries", "-1")]
    [InlineData("restart-backoff", "x")]
    [InlineData("max-restart-backoff", "0 ms")]
    [InlineData("max-memory-growth", "-1b")]
    [InlineData("max-memory-growth", "lots")]
    [InlineData("forward-output", "maybe")]
    [InlineData("max-output", "2GiB")]
    [InlineData("high-water-mark", "-1")]
    [InlineData("transport", "pigeon")]
    [InlineData("inline-limit", "1GiB")]
    public void ABadValueIsRefusedWithItsKey(string key, string value)
    {
        var e = Assert.Throws<ConfigurationException>(() => new ParallelPool(null, ConfigurationFactory.ParseString($"actor-parallel.pool {{ {key} = \"{value}\" }}")));
        Assert.Contains($"actor-parallel.pool.{key}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryKeyIsTriedAboveWithABadValue()
    {
        var tried = typeof(OptionsTests).GetMethod(nameof(ABadValueIsRefusedWithItsKey))!.GetCustomAttributesData()
            .Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0].Value!);
        Assert.Equal(Keys.Order(), tried.Distinct().Order());
    }

    [Fact]
    public void ABadOptionIsRefusedWithItsName()
    {
        Assert.Equal("Workers", Assert.Throws<ArgumentOutOfRangeException>(() => new ParallelPool(0)).ParamName);
        Assert.Equal("Router", Assert.Throws<ArgumentException>(() => new ParallelPool(new ParallelPoolOptions { Router = "fastest" })).ParamName);
        Assert.Equal("CancelGracePeriod", Assert.Throws<ArgumentOutOfRangeException>(() => new ParallelPool(new ParallelPoolOptions { CancelGracePeriod = TimeSpan.FromSeconds(-1) })).ParamName);
        Assert.Throws<ArgumentNullException>(() => ParallelPool.Create(null!));
    }

    [Fact]
    public void BackoffDoublesUpToItsBoundAndHalfOfItIsRandom()
    {
        var settings = PoolConfig.Settings(Config.Empty, new ParallelPoolOptions { RetryBackoff = TimeSpan.FromMilliseconds(100), MaxRetryBackoff = TimeSpan.FromSeconds(1) });
        int[] full = [100, 200, 400, 800, 1000, 1000];
        for (var attempt = 1; attempt <= full.Length; attempt++)
        {
            var waits = Enumerable.Range(0, 200).Select(_ => settings.BackoffAfter(attempt).TotalMilliseconds).ToArray();
            Assert.All(waits, w => Assert.InRange(w, full[attempt - 1] / 2.0, full[attempt - 1]));
            Assert.True(waits.Max() - waits.Min() > full[attempt - 1] / 8.0, "the waits differ");
        }
        Assert.InRange(settings.BackoffAfter(int.MaxValue).TotalMilliseconds, 500, 1000);
    }
}
