using ActorParallel.Controllers;
using ActorParallel.Membership;
using ActorParallel.Pools;
using ActorParallel.Profiles;
using ActorParallel.Settings;
using Akka.Actor;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorParallel.MembershipTests;

/// <summary>The reference configurations, the classes that hold the options, and the files in config/ have the same keys and the same defaults.</summary>
public sealed class KeyTests
{
    static IEnumerable<KeyValuePair<string, HoconValue>> Keys(Config config, string section) => config.GetConfig(section).Root.GetObject().Items;

    static IEnumerable<string> Values(Config config, string section) => Keys(config, section).Where(k => !k.Value.IsObject()).Select(k => k.Key).Order(StringComparer.Ordinal);

    static string Kebab(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));

    static IEnumerable<string> Options(params Type[] types) =>
        types.SelectMany(t => t.GetProperties()).Where(p => p.CanWrite && p.SetMethod!.IsPublic).Select(p => Kebab(p.Name)).Distinct().Order(StringComparer.Ordinal);

    [Fact]
    public void OptionsAndReferenceHaveTheSameKeys()
    {
        Assert.Equal(Options(typeof(NodeSettings)), Values(NodeConfig.Reference, NodeSettings.Section));
        Assert.Equal(Options(typeof(ClientSettings)), Values(PoolConfig.Reference, ClientSettings.Section));
        Assert.Equal(Options(typeof(TlsSettings)), Values(PoolConfig.Reference, TlsSettings.Section));
        // An initializer is code.
        Assert.Equal(Options(typeof(ParallelPoolOptions)).Except(["initializer"]), Values(PoolConfig.Reference, "actor-parallel.pool"));
        // One key says both ways to listen; two limits are for programs alone; resources and environment are sections.
        var cluster = Options(typeof(ClusterSettings), typeof(ControllerSettings)).Except(["unix", "tls", "max-output", "inline-limit", "host-name", "public-host-name", "resources", "environment"])
            .Concat(["transport", "hostname", "public-hostname"]).Order(StringComparer.Ordinal);
        Assert.Equal(cluster, Values(ProfileConfig.Reference, ProfileConfig.Section));
    }

    [Fact]
    public void OptionsAndReferenceHaveTheSameDefaults()
    {
        Assert.Equivalent(new NodeSettings(), NodeSettings.From(Config.Empty), strict: true);
        Assert.Equivalent(new ClientSettings(), ClientSettings.From(Config.Empty), strict: true);
        Assert.Equal(new TlsSettings(), TlsSettings.From(Config.Empty));
        Assert.Equal(new ControllerSettings(), ControllerSettings.From(Config.Empty));
    }

    public static TheoryData<string, string, string[]> Files => new()
    {
        { "pool.conf", "pool", [] },
        { "controller.conf", "cluster", [] },
        { "engine.conf", "cluster", [] },
        { "client.conf", "client", [] },
        { "tls.conf", "tls", [] },
        { "cluster-seed.conf", "node", ["port", "seeds"] },
        { "cluster-seed.conf", "cluster", [] },
        { "cluster-engine.conf", "node", ["seeds"] },
        { "cluster-engine.conf", "cluster", [] },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void FilesHaveTheDefaultsAndSayThem(string file, string section, string[] different)
    {
        var path = $"actor-parallel.{section}";
        var reference = section == "cluster" ? ProfileConfig.Reference : section == "node" ? NodeConfig.Reference : PoolConfig.Reference;
        var text = File.ReadAllText(NodeProcess.Config(file));
        // Without any variable set.
        var config = ConfigurationFactory.ParseString(ParallelConfig.Substitute(text, static _ => null), static name => Parser.Parse(ParallelConfig.Substitute(File.ReadAllText(NodeProcess.Config(name)), static _ => null), null));
        foreach (var (key, value) in Keys(config, path))
        {
            var meant = Keys(reference, path).Single(k => k.Key == key).Value;
            if (!different.Contains(key)) Assert.Equal(Text(meant), Text(value));
            Assert.Matches($"Default: {System.Text.RegularExpressions.Regex.Escape(Text(meant))}(\\[\\])?\\.", text.Replace("\"", "", StringComparison.Ordinal));
        }
        if (section is "pool" or "client" or "tls" || file == "cluster-seed.conf" && section == "node")
            Assert.Equal(Keys(reference, path).Select(static k => k.Key).Order(StringComparer.Ordinal), Keys(config, path).Select(static k => k.Key).Order(StringComparer.Ordinal));
    }

    static string Text(HoconValue value) => value.IsArray() ? $"[{string.Join(", ", value.GetArray().Select(v => v.GetString()))}]" : value.IsObject() ? "{}" : value.GetString() ?? "";

    [Fact]
    public void AControllersKeysAndAnEnginesAreAllOfTheReferencesButWhatStartsEngines()
    {
        string[] files = ["controller.conf", "engine.conf"];
        var there = files.SelectMany(f => Keys(ParallelConfig.Load(NodeProcess.Config(f)), "actor-parallel.cluster").Select(static k => k.Key)).ToHashSet();
        string[] starting = ["engines", "environment", "launcher", "start-timeout", "start-together", "stop-grace-period", "stop-timeout", "drain-timeout", "max-restarts", "restart-window", "restart-backoff", "max-restart-backoff", "ssh", "command"];
        Assert.Equal(Keys(ProfileConfig.Reference, "actor-parallel.cluster").Select(static k => k.Key).Except(starting).Order(StringComparer.Ordinal), there.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("actor-parallel.pool.wrokers = 2", "actor-parallel.pool.wrokers in my.conf: there is no such key; did you mean workers?")]
    [InlineData("actor-parallel.pol.workers = 2", "actor-parallel.pol in my.conf: there is no such key; did you mean pool?")]
    [InlineData("actor-parallel.high-water-mark = 2", "did you mean actor-parallel.pool.high-water-mark or actor-parallel.cluster.high-water-mark?")]
    [InlineData("actor-parallel.node.sedes = []", "actor-parallel.node.sedes in my.conf: there is no such key; did you mean seeds?")]
    [InlineData("actor-parallel.pool = 4", "actor-parallel.pool in my.conf is one value, and it must be a section")]
    [InlineData("actor-parallel.pool.workers { n = 4 }", "actor-parallel.pool.workers in my.conf is a section, and it must be one value")]
    [InlineData("actor-parallel.tls.zzz = 4", "actor-parallel.tls has authority, certificate, profile")]
    public void AKeyThatDoesNotExistIsRefusedWithTheNearestThatDoes(string hocon, string message)
    {
        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => ParallelConfig.Parse(hocon, "my.conf")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhateverReadsAConfigurationRefusesSuchAKey()
    {
        var config = ConfigurationFactory.ParseString("actor-parallel.pool.wrokers = 2");
        Assert.Throws<ConfigurationException>(() => new ParallelPool(null, config));
        Assert.Throws<ConfigurationException>(() => ParallelPool.Processes(1, null, config));
        using (var system = ActorSystem.Create("keys", config))
            Assert.Contains("did you mean workers?", Assert.Throws<ConfigurationException>(() => ParallelPool.Create(system)).Message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => ClusterNode.StartController(config));
        Assert.Throws<ConfigurationException>(() => ClusterNode.StartEngine(config));
        await Assert.ThrowsAsync<ConfigurationException>(() => ParallelClient.ConnectAsync(config, null, Until.Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = 1, Config = "actor-parallel.cluster.workres = 2" }, Until.Cancel));
    }

    [Fact]
    public void NamesOfOnesOwnAreNobodysBusiness() => ParallelConfig.Parse(
        
        """
        actor-parallel {
          cluster { resources { gpu = 2 }
            environment { A_B = 1 } }
          worker-dispatcher { throughput = 2, whatever = 3 }
        }
        other.key = 1
        """);

    [Fact]
    public void VariablesStandForTheirValues()
    {
        var values = new Dictionary<string, string> { ["AP_A"] = "4", ["AP_LIST"] = "a:1, b:2", ["AP_QUOTE"] = "x\"y\\z" };
        var text = ParallelConfig.Substitute(
            "a = 1\na = ${?AP_A}\nb = 1\nb = ${?AP_NONE} # kept\nlist = ${?AP_LIST}\nquote = ${?AP_QUOTE}\n# c = ${AP_A}\npath = /x/${AP_A}/${?AP_NONE}y\nakka = ${a}", values.GetValueOrDefault);
        var config = ConfigurationFactory.ParseString(text);
        Assert.Equal(["4", "1", "a:1, b:2", "x\"y\\z", "/x/4/y"], new[] { "a", "b", "list", "quote", "path" }.Select(k => config.GetString(k)));
        Assert.Equal(4, config.GetInt("akka"));
    }

    [Theory]
    [InlineData("seeds = [nowhere]", "seeds has \"nowhere\"")]
    [InlineData("port = 70000", "port is \"70000\"")]
    [InlineData("drain-timeout = 0 s", "drain-timeout is \"0 s\"")]
    public void AValueThatCanNotBeIsRefused(string key, string message) =>
        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => NodeSettings.From(ParallelConfig.Parse($"actor-parallel.node {{ {key} }}"))).Message, StringComparison.Ordinal);
}
