using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorParallel.Launching;
using ActorParallel.Processes;
using ActorParallel.Tests.Processes;
using ActorParallel.Tests.Profiles;

namespace ActorParallel.Tests.Launching;

/// <summary>Against a real SSH server on loopback, of this test's own: its keys, its configuration, its port.</summary>
public sealed class SshTests : IAsyncLifetime
{
    const string Sshd = "/usr/sbin/sshd";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Grace = TimeSpan.FromSeconds(10);
    readonly Home _home = new();
    Tool? _server;
    int _port;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists(Sshd) && !OperatingSystem.IsWindows(), $"there is no {Sshd} (Debian: apt-get install openssh-server)");
        if (Environment.UserName == "root" && !Directory.Exists("/run/sshd"))
            Directory.CreateDirectory("/run/sshd");
        foreach (var key in (string[])["host", "user", "stranger"])
            await Tool.RunAsync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", At(key)], Grace, Cancel);
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        File.Copy(At("user.pub"), At("authorized"));
        await File.WriteAllTextAsync(At("known"), $"[127.0.0.1]:{_port} {await File.ReadAllTextAsync(At("host.pub"), Cancel)}", Cancel);
        await File.WriteAllTextAsync(At("config"),
            $"""
            ListenAddress 127.0.0.1:{_port}
            HostKey {At("host")}
            AuthorizedKeysFile {At("authorized")}
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            PermitRootLogin prohibit-password
            """, Cancel);
        await File.WriteAllTextAsync(At("engine"), "#!/bin/sh\necho \"args $*\"\necho \"var $AP_TEST\"\nexec cat > \"$AP_DIR/handed\"\n", Cancel);
        Home.SetMode(At("engine"), Home.Private);
        System.Collections.Concurrent.ConcurrentQueue<string> said = new();
        _server = Tool.Start([Sshd, "-D", "-e", "-f", At("config")], said.Enqueue, said.Enqueue);
        await Probe.UntilAsync(() => _server.Exited.IsCompleted || said.Any(line => line.Contains("Server listening", StringComparison.Ordinal)), "the SSH server listens");
        Assert.SkipWhen(_server.Exited.IsCompleted, $"the SSH server does not start here: {string.Join(' ', said)}");
    }

    public ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill();
            _server.Dispose();
        }

        _home.Dispose();
        return default;
    }

    string At(string file) => Path.Combine(_home.Path, file);

    SshOptions Options(string key = "user", string known = "known") => new()
    {
        Hosts = ["127.0.0.1"],
        Port = _port,
        IdentityFile = At(key),
        Options = ["-F", "/dev/null", "-o", $"UserKnownHostsFile={At(known)}", "-o", "GlobalKnownHostsFile=/dev/null"],
        Dotnet = At("engine"),
        Engine = "engine of mine.dll",
    };

    async Task<ILaunchedEngine> Start(SshOptions? options = null)
    {
        var environment = new Dictionary<string, string> { ["AP_TEST"] = "it's set", ["AP_DIR"] = _home.Path };
        var launch = new EngineLaunch("engine-1", 1, 1, "the secret"u8.ToArray()) { Environment = environment, LogFile = At("log") };
        return await new SshLauncher(options ?? Options()).StartAsync(launch, Cancel).WaitAsync(Patience, Cancel);
    }

    [Fact]
    public async Task AnEngineIsHandedItsBytesAndStoppedFromHere()
    {
        var engine = await Start();
        await Probe.UntilAsync(() => engine.LastOutput.Count == 2 && File.Exists(At("handed")) && new FileInfo(At("handed")).Length == 14, "the engine was handed its bytes");
        Assert.Equal(["args engine of mine.dll cluster-engine 0", "var it's set"], engine.LastOutput);
        Assert.Equal("\n\0\0\0the secret", await File.ReadAllTextAsync(At("handed"), Cancel));
        Assert.Equal("127.0.0.1", engine.Where);
        Assert.False(Probe.IsGone(engine.ProcessId!.Value));
        await engine.StopAsync(Grace, Cancel).WaitAsync(Patience, Cancel);
        Assert.True(Probe.IsGone(engine.ProcessId!.Value));
        Assert.Equal(15, (await engine.Exited.WaitAsync(Patience, Cancel)).Signal);
        await engine.StopAsync(Grace, Cancel);
    }

    [Fact]
    public async Task AClusterWorksOnEnginesOverSsh()
    {
        var config = $$"""
            actor-parallel.cluster {
              launcher = ssh, restart-backoff = 20 ms
              ssh {
                hosts = ["127.0.0.1"], port = {{_port}}, identity-file = "{{At("user")}}", dotnet = "{{ChildProgram.Current.Dotnet}}", engine = "{{ChildProgram.Current.Engine}}"
                options = ["-F", "/dev/null", "-o", "UserKnownHostsFile={{At("known")}}", "-o", "GlobalKnownHostsFile=/dev/null"]
              }
            }
            """;
        // What engines without this program's own files have.
        Func<int, int> abs = Math.Abs;
        int engine;
        await using (var cluster = await ParallelCluster.StartAsync(new ParallelClusterOptions { Engines = 1, Config = config }, Cancel))
        await using (var client = await cluster.ConnectAsync(Cancel))
        {
            await client.WaitForEnginesAsync(1, Patience, Cancel);
            Assert.Equal(3, await client.LoadBalancedView().ApplyAsync(abs, -3).AsTask().WaitAsync(Patience, Cancel));
            engine = client.Engines[0].ProcessId;
            Assert.Equal(0, Libc.Kill(engine, 9));
            Assert.Equal(4, await client.LoadBalancedView().ApplyAsync(abs, -4).AsTask().WaitAsync(Patience, Cancel));
            Assert.NotEqual(engine, client.Engines[0].ProcessId);
            engine = client.Engines[0].ProcessId;
        }
        await Probe.UntilAsync(() => Probe.IsGone(engine), "the engine is gone");
    }

    [Fact]
    public async Task ASignalReachesIt()
    {
        var engine = await Start();
        await engine.SignalAsync(9, Cancel).WaitAsync(Patience, Cancel);
        var exit = await engine.Exited.WaitAsync(Patience, Cancel);
        Assert.Equal(9, exit.Signal);
        await engine.SignalAsync(9, Cancel);
    }

    [Fact]
    public async Task ItEndsWithTheConnection()
    {
        var engine = await Start();
        await Probe.UntilAsync(() => engine.LastOutput.Count == 2, "the engine runs");
        var client = Process.GetProcessesByName("ssh").Single(p => File.ReadAllText($"/proc/{p.Id}/cmdline").Contains(At("known"), StringComparison.Ordinal));
        client.Kill();
        await Probe.UntilAsync(() => Probe.IsGone(engine.ProcessId!.Value), "the engine is gone");
        var exit = await engine.Exited.WaitAsync(Patience, Cancel);
        Assert.Contains("The engine on 127.0.0.1 ended with signal 9", exit.Description, StringComparison.Ordinal);
        Assert.Null(exit.Signal); // that was the ssh command's
    }

    [Fact]
    public async Task AHostOrKeyThatIsNotKnownIsRefusedWithoutAQuestion()
    {
        await File.WriteAllTextAsync(At("nobody"), "", Cancel);
        var e = await Assert.ThrowsAsync<EngineLaunchException>(() => Start(Options(known: "nobody")));
        Assert.Contains("SSH to 127.0.0.1 failed: Host key verification failed; it must work without a question", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<EngineLaunchException>(() => Start(Options(key: "stranger")));
        Assert.Contains("Permission denied", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<EngineLaunchException>(() => Start(Options() with { Port = 1 }));
        Assert.Contains("Connection refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingProgramThereEndsWithWhatTheShellSaid()
    {
        var engine = await Start(Options() with { Dotnet = "/nowhere/dotnet" });
        var exit = await engine.Exited.WaitAsync(Patience, Cancel);
        Assert.Equal((int?)127, exit.Code);
        Assert.Contains("/nowhere/dotnet", engine.LastOutput[^1], StringComparison.Ordinal);
        Assert.Contains("/nowhere/dotnet", await File.ReadAllTextAsync(At("log"), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHostThatNeverAnswersIsGivenUp()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = Options() with { Port = ((IPEndPoint)silent.LocalEndpoint).Port, ConnectTimeout = TimeSpan.FromSeconds(1) };
        var e = await Assert.ThrowsAsync<EngineLaunchException>(() => Start(options));
        Assert.Contains("127.0.0.1", e.Message, StringComparison.Ordinal);
        await Probe.UntilAsync(() => !Process.GetProcessesByName("ssh").Any(p => Cmdline(p).Contains(At("known"), StringComparison.Ordinal)), "no ssh is left");

        static string Cmdline(Process process)
        {
            try
            {
                return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/cmdline"));
            }
            catch (IOException)
            {
                return "";
            }
        }
    }
}
