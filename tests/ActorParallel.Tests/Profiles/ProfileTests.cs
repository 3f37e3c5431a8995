using ActorParallel.Profiles;
using Akka.Configuration;

namespace ActorParallel.Tests.Profiles;

public sealed class ProfileTests : IDisposable
{
    readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void FirstUseMakesAPrivateFolderWithACommentedConfiguration()
    {
        var profile = _home.Profile("night-run");
        Assert.Equal(Path.Combine(_home.Path, "profiles", "night-run"), profile.FullPath);
        var text = File.ReadAllText(profile.ConfigPath);
        Assert.Contains("profile 'night-run'", text, StringComparison.Ordinal);
        Assert.Contains("  #engines = auto", text, StringComparison.Ordinal);
        Assert.Contains("    #job-id = \"(\\\\d+)\"", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?m)^ +[a-z-]+ =", text);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(Home.Private, Home.ModeOf(profile.FullPath));
            Assert.Equal(PrivateFile.Mode, Home.ModeOf(profile.ConfigPath));
            Assert.Equal(Home.Private, Home.ModeOf(profile.LogFolder));
        }
    }

    [Fact]
    public void AChangedConfigurationIsKeptAndWins()
    {
        var profile = _home.Profile();
        File.WriteAllText(profile.ConfigPath, "actor-parallel.cluster { engines = 3, tags = [a, b], resources { gpu = 2 }\nenvironment { A_B = c }\ntransport = both }");
        _home.Profile();
        var settings = ClusterSettings.From(ProfileConfig.Load(profile));
        Assert.Equal((3, 1, true, true), (settings.Engines, settings.Workers, settings.Unix, settings.Tls));
        Assert.Equal(["a", "b"], settings.Tags);
        Assert.Equal(2.0, settings.Resources["gpu"]);
        Assert.Equal("c", settings.Environment["A_B"]);
        Assert.Equal(TimeSpan.FromSeconds(60), settings.RestartWindow);
    }

    [Fact]
    public void TheTemplateChangesNothing()
    {
        var settings = ClusterSettings.From(ProfileConfig.Load(_home.Profile()));
        Assert.Equal(Environment.ProcessorCount, settings.Engines);
        Assert.Empty(settings.Tags);
        Assert.Empty(settings.Resources);
        Assert.Equal("127.0.0.1", settings.HostName);
        Assert.Equal((10, TimeSpan.FromSeconds(60)), (settings.MaxRestarts, settings.RestartWindow));
    }

    [Theory]
    [InlineData("engines = many", "engines", "a whole number")]
    [InlineData("workers = 0", "workers", "from 1")]
    [InlineData("port = 70000", "port", "0 to 65535")]
    [InlineData("transport = pigeon", "transport", "auto, unix, tls, both")]
    [InlineData("stop-timeout = 0 s", "stop-timeout", "more than zero")]
    [InlineData("resources { gpu = some }", "resources.gpu", "an amount")]
    public void ABadValueIsRefusedByItsKey(string line, string key, string must)
    {
        var e = Assert.Throws<ConfigurationException>(() => ClusterSettings.From(ConfigurationFactory.ParseString($"actor-parallel.cluster {{ {line} }}")));
        Assert.Contains($"actor-parallel.cluster.{key} is", e.Message, StringComparison.Ordinal);
        Assert.Contains(must, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNoHoconIsNamed()
    {
        var profile = _home.Profile();
        File.WriteAllText(profile.ConfigPath, "actor-parallel.cluster { ssh { port = 1 }, engines = 2 }");
        var e = Assert.Throws<ConfigurationException>(() => ProfileConfig.Load(profile));
        Assert.Contains(profile.ConfigPath, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("-n")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("käse")]
    [InlineData("a.")]
    public void ABadNameIsRefused(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => Profile.OpenOrCreate(name, _home.Path));
        Assert.Contains($"'{name}' can't be a profile's name", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Profile.Open(name, _home.Path));
    }

    [Fact]
    public void ListsCreatesAndRemoves()
    {
        Assert.Empty(Profile.List(_home.Path));
        Profile.Create("b", _home.Path);
        var a = Profile.Create("a", _home.Path);
        Assert.Equal(["a", "b"], Profile.List(_home.Path));
        Assert.Contains("already", Assert.Throws<IOException>(() => Profile.Create("a", _home.Path)).Message, StringComparison.Ordinal);
        _ = a.Certificates.Authority();
        a.Remove();
        Assert.Equal(["b"], Profile.List(_home.Path));
        Assert.False(Directory.Exists(a.FullPath));
    }

    [Fact]
    public void AnUnknownProfileNamesTheNearest()
    {
        foreach (var name in (string[])["default", "night", "nightly"])
            _home.Profile(name);
        var e = Assert.Throws<ClusterConnectionException>(() => Profile.Open("nigth", _home.Path));
        Assert.Equal("nigth", e.Profile);
        Assert.Equal("There is no profile 'nigth': did you mean 'night'?", e.Message);
        Assert.Contains("there are 'default', 'night', 'nightly'", Assert.Throws<ClusterConnectionException>(() => Profile.Open("zzzzzz", _home.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAnyProfileTheFolderIsNamed()
    {
        var e = Assert.Throws<ClusterConnectionException>(() => Profile.Open("x", _home.Path));
        Assert.Contains(Path.Combine(_home.Path, "profiles"), e.Message, StringComparison.Ordinal);
        Assert.Contains("apcluster profile create x", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderOthersCanEnterIsRefused()
    {
        Home.UnixOnly();
        var profile = _home.Profile();
        Home.SetMode(profile.FullPath, Home.Open);
        var e = Assert.Throws<IOException>(() => Profile.Open("default", _home.Path));
        Assert.Contains("has mode 0755 and must have 0700", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyOneControllerHoldsAProfile()
    {
        var profile = _home.Profile();
        using (profile.Hold())
        {
            var e = Assert.Throws<ClusterConnectionException>(profile.Hold);
            Assert.Contains("A cluster already runs in profile 'default'", e.Message, StringComparison.Ordinal);
            Assert.Throws<ClusterConnectionException>(profile.Remove);
        }

        profile.Hold().Dispose();
    }

    [Fact]
    public void TheHomeCanBeMoved()
    {
        Assert.Equal(Path.Combine(Path.GetFullPath("/x"), "profiles"), Profile.Root("/x"));
        var home = Environment.GetEnvironmentVariable(Profile.HomeVariable) ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".actor-parallel");
        Assert.Equal(Path.Combine(home, "profiles"), Profile.Root());
    }
}
