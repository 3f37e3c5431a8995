using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using ActorParallel.Profiles;
using ActorParallel.Tests.Profiles;
using ActorParallel.Transport;
using static ActorParallel.Tests.Clusters.Cluster;
using static ActorParallel.Tests.Processes.Probe;

namespace ActorParallel.Tests.Clusters;

/// <summary>P10: a cluster over TLS, and who does not get in.</summary>
public sealed class TlsClusterTests : IDisposable
{
    readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    Task<Cluster> Start(int engines, string config) => StartAsync(engines, config, options: new ParallelClusterOptions { Home = _home.Path, Profile = "here" });

    string Bundle(Cluster cluster, PeerRole role, Home? issuer = null)
    {
        var path = Path.Combine(_home.Path, $"bundle-{Guid.NewGuid():N}.json");
        ConnectionBundle.Create((issuer ?? _home).Profile("here"), cluster.Owner.Connection, role).WriteTo(path);
        return path;
    }

    static byte[] Reversed(byte[] bytes)
    {
        Array.Reverse(bytes);
        return bytes;
    }

    [Fact]
    public async Task EnginesAndClientsWorkOverTlsAlsoWithLargeValuesAndAfterTheControllerDied()
    {
        await using var cluster = await Start(2, "transport = tls");
        var port = cluster.Owner.Connection.TlsPort;
        Assert.Equal("127.0.0.1", cluster.Owner.Connection.TlsHost);
        Assert.Null(cluster.Owner.Connection.UnixFolder);
        await using var client = await ParallelClient.ConnectWithFileAsync(Bundle(cluster, PeerRole.Client), Limit, Cancel);
        var bytes = new byte[20 << 20];
        new Random(3).NextBytes(bytes);
        foreach (var from in (ParallelClient[])[cluster.Client, client])
        {
            var balanced = await End(from.LoadBalancedView().ApplyAsync(Reversed, bytes));
            Assert.True(bytes.AsSpan().SequenceEqual(Reversed(balanced)));
            var direct = await End(from[1].ApplyAsync(Reversed, bytes, Cancel));
            Assert.True(bytes.AsSpan().SequenceEqual(Reversed(direct)));
        }
        var running = cluster.Tasks.MapAsync(Work, Enumerable.Range(0, 5000).ToArray());
        await cluster.KillControllerAsync();
        Assert.Equal(port, cluster.Owner.Connection.TlsPort);
        Assert.Equal(5000, (await End(running)).Length);
        Assert.Equal(4, await End(client.LoadBalancedView().ApplyAsync(static () => 4)));
    }

    [Fact]
    public async Task WhoHasNoRightIsTurnedAwayAndTheControllerGoesOn()
    {
        await using var cluster = await Start(1, "transport = both");
        var port = cluster.Owner.Connection.TlsPort;
        // Garbage.
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync(IPAddress.Loopback, port, Cancel);
            var garbage = new byte[5000];
            new Random(1).NextBytes(garbage);
            await tcp.GetStream().WriteAsync(garbage, Cancel);
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                while (await tcp.GetStream().ReadAsync(garbage, Cancel) > 0)
                {
                }
                throw new IOException("It was closed.");
            });
        }
        // No certificate.
        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync(IPAddress.Loopback, port, Cancel);
            await using var ssl = new SslStream(tcp.GetStream(), false, (_, certificate, _, _) => certificate is not null);
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                await ssl.AuthenticateAsClientAsync("x");
                await ssl.WriteAsync(new byte[100], Cancel);
                await ssl.ReadExactlyAsync(new byte[8], Cancel);
            });
        }
        // Another authority's.
        using var stranger = new Home();
        await Assert.ThrowsAsync<ClusterConnectionException>(() => Remote(Bundle(cluster, PeerRole.Client, stranger)));
        // An engine's.
        var error = await Assert.ThrowsAsync<ClusterConnectionException>(() => Remote(Bundle(cluster, PeerRole.Engine)));
        Assert.Contains("certificate", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, await End(cluster.Tasks.ApplyAsync(static () => 4)));
        await using var good = await Remote(Bundle(cluster, PeerRole.Client));
        Assert.Equal(5, await End(good.LoadBalancedView().ApplyAsync(static () => 5)));
        var log = Path.Combine(_home.Profile("here").LogFolder, "controller.log");
        var said = "";
        for (var tries = 0; tries < 100 && said.Split('\n').Count(l => l.Contains("turned away", StringComparison.Ordinal)) < 3; tries++)
        {
            await Task.Delay(50, Cancel);
            said = await File.ReadAllTextAsync(log, Cancel);
        }
        // The garbage, who had no certificate, and the stranger; the engine is known as one, and told so.
        Assert.True(said.Split('\n').Count(l => l.Contains("turned away", StringComparison.Ordinal)) >= 3, said);
        Assert.Contains("asked to be a client", said, StringComparison.Ordinal);
    }

    /// <summary>As from another machine: the socket file is not looked at.</summary>
    static async Task<ParallelClient> Remote(string path)
    {
        var found = ConnectionFile.ReadAt(path);
        return await ParallelClient.ConnectAsync(found.Info with { UnixFolder = null, UnixPort = 0 }, () => found.Bundle!.ToSetup(), TimeSpan.FromSeconds(6), null, Cancel);
    }

    [Fact]
    public async Task WhatCanNotBeListenedOnIsOneSentence()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Start(1, "transport = tls, hostname = \"0.0.0.0\""));
        Assert.True(error is ClusterConnectionException or Akka.Configuration.ConfigurationException, error.ToString());
        Assert.Contains("public-hostname", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        error = await Assert.ThrowsAnyAsync<Exception>(() => Start(1, $"transport = tls, port = {port}"));
        Assert.Contains($"{port}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
