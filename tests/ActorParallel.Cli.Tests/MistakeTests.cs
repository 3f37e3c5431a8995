using System.Net;
using System.Net.Sockets;

namespace ActorParallel.CliTests;

/// <summary>A user's mistake is one sentence on standard error and a number, and nothing on standard output.</summary>
public sealed class MistakeTests : IAsyncDisposable
{
    readonly Apc _apc = new();

    static void IsSentence(Ran ran, int code, string part)
    {
        Assert.Equal(code, ran.Code);
        Assert.Empty(ran.Out);
        Assert.Contains(part, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter '", ran.Error, StringComparison.Ordinal);
        Assert.Equal(1, ran.Error.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("There is no command 'strat'", "strat")]
    [InlineData("--engines must be a whole number from 0, not 'two'", "start", "-n", "two")]
    [InlineData("can't be a profile's name", "status", "--profile", "a/b")]
    [InlineData("There is no option '--jsn'", "list", "--jsn")]
    [InlineData("'zero' names no engines", "engines", "remove", "zero")]
    [InlineData("There is no signal 'NOPE'", "engines", "signal", "NOPE", "0")]
    [InlineData("exclude each other", "logs", "-f", "--json")]
    [InlineData("--out", "profile", "export")]
    public async Task Wrong_usage_is_2(string part, params string[] arguments) => IsSentence(await _apc.RunAsync(arguments), 2, part);

    [Theory]
    [InlineData("status")]
    [InlineData("stop")]
    [InlineData("top", "--json")]
    [InlineData("logs")]
    [InlineData("engine")]
    public async Task No_such_profile_is_1(params string[] arguments) => IsSentence(await _apc.RunAsync([.. arguments, "--profile", "nowhere"]), 1, "There is no profile 'nowhere'");

    [Fact]
    public async Task A_profile_without_a_cluster()
    {
        Assert.Equal(0, (await _apc.RunAsync("profile", "create", "lab")).Code);
        IsSentence(await _apc.RunAsync("status", "-p", "lab"), 1, "No cluster runs in profile 'lab'");
        IsSentence(await _apc.RunAsync("status", "-p", "lob"), 1, "did you mean 'lab'?");
    }

    [Fact]
    public async Task A_port_in_use()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var config = Path.Combine(_apc.Home, "tcp.conf");
        await File.WriteAllTextAsync(config, $"actor-parallel.cluster {{ transport = tls, port = {((IPEndPoint)taken.LocalEndpoint).Port} }}", TestContext.Current.CancellationToken);
        IsSentence(await _apc.RunAsync("start", "-n", "1", "--daemonize", "--config", config), 1, "in use");
    }

    [Fact]
    public async Task A_configuration_that_cant_be_used()
    {
        var config = Path.Combine(_apc.Home, "bad.conf");
        await File.WriteAllTextAsync(config, "actor-parallel.cluster { policy = best }", TestContext.Current.CancellationToken);
        IsSentence(await _apc.RunAsync("start", "--daemonize", "--config", config), 1, "actor-parallel.cluster.policy is \"best\"");
        IsSentence(await _apc.RunAsync("start", "--daemonize", "--config", config + "x"), 1, "There is no configuration file");
    }

    public ValueTask DisposeAsync() => _apc.DisposeAsync();
}
