using System.Globalization;
using ActorParallel.Launching;
using ActorParallel.Processes;
using ActorParallel.Profiles;
using ActorParallel.Tests.Processes;
using ActorParallel.Tests.Profiles;
using Akka.Configuration;

namespace ActorParallel.Tests.Launching;

public sealed class LauncherTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Grace = TimeSpan.FromSeconds(10);
    readonly Home _home = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    static EngineLaunch Launch(Action run, string? log = null) =>
        new("engine-3", 3, 1, ProcessHandOver.For(new ParallelProcess(run))) { LogFile = log, Environment = new Dictionary<string, string> { ["AP_TEST"] = "it's set" } };

    static Task<ILaunchedEngine> Local(EngineLaunch launch) => new LocalLauncher(ProcessMain.Role).StartAsync(launch, Cancel);

    [Fact]
    public async Task ALocalEngineIsHandedItsBytesAndItsOutputIsKept()
    {
        var log = Path.Combine(_home.Profile().LogFolder, "engine-3.log");
        var engine = await Local(Launch(() =>
        {
            Console.WriteLine(Environment.GetEnvironmentVariable("AP_TEST"));
            for (var i = 0; i < 150; i++)
                Console.WriteLine(i);
            Environment.Exit(5);
        }, log));
        var exit = await engine.Exited.WaitAsync(Patience, Cancel);
        Assert.Equal((5, null), (exit.Code, exit.Signal));
        Assert.Equal(Enumerable.Range(50, 100).Select(i => i.ToString(CultureInfo.InvariantCulture)), engine.LastOutput);
        var lines = await File.ReadAllLinesAsync(log, Cancel);
        Assert.Equal(("it's set", 151), (lines[0], lines.Length));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(PrivateFile.Mode, Home.ModeOf(log));
        await engine.StopAsync(Grace, Cancel);
    }

    [Fact]
    public async Task ALocalEngineThatDoesNotEndIsKilledAfterItsGrace()
    {
        Home.UnixOnly();
        var engine = await Local(Launch(() =>
        {
            using var ignore = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, c => c.Cancel = true);
            Console.WriteLine("ready");
            Probe.Forever();
        }));
        await Probe.UntilAsync(() => engine.LastOutput.Contains("ready"), "the engine is ready");
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        await engine.StopAsync(TimeSpan.FromSeconds(1), Cancel);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.9, 9);
        Assert.Equal(9, (await engine.Exited).Signal);
        Assert.True(Probe.IsGone(engine.ProcessId!.Value));
    }

    [Fact]
    public async Task ALocalEngineIsSignalled()
    {
        Home.UnixOnly();
        var engine = await Local(Launch(Probe.Forever));
        await engine.SignalAsync(9, Cancel);
        Assert.Equal((null, 9), ((await engine.Exited.WaitAsync(Patience, Cancel)).Code, (await engine.Exited).Signal));
        await engine.SignalAsync(9, Cancel);
    }

    [Fact]
    public void TheHandOverComesBackAsItWas()
    {
        var profile = _home.Profile();
        var settings = ClusterSettings.From(ConfigurationFactory.ParseString("actor-parallel.cluster { workers = 2, tags = [gpu], resources { memory = 1.5 } }"));
        var launch = EngineLaunch.For(profile, Home.Info() with { TlsHost = "node7", TlsPort = 1 }, settings, 4);
        var read = ClusterEngineHandOver.Read(launch.StandardInput.Span[4..]);
        Assert.Equal((4, 2, "node7", "engine"), (read.EngineId, read.Workers, read.Connection.TlsHost, read.Bundle!.Role));
        Assert.Equal(["gpu"], read.Tags);
        Assert.Equal(1.5, read.Resources["memory"]);
        Assert.Equal(TimeSpan.FromSeconds(60), read.ControllerTimeout);
        Assert.Equal(launch.HandOver.Length, BitConverter.ToInt32(launch.StandardInput.Span));
        Assert.DoesNotContain("PRIVATE", read.ToString(), StringComparison.Ordinal);
        Assert.Null(ClusterEngineHandOver.Read(EngineLaunch.For(profile, Home.Info(), settings, null).HandOver.Span).Bundle);
        var again = ClusterEngineHandOver.Read(EngineLaunch.For(profile, Home.Info() with { TlsHost = "node7" }, settings, 5).HandOver.Span);
        Assert.NotEqual(read.Bundle.CertificatePem, again.Bundle!.CertificatePem);
        var file = Path.Combine(_home.Path, "x.json");
        launch.WriteTo(file);
        Assert.Equal(4, ClusterEngineHandOver.ReadFile(file).EngineId);
        Assert.Contains("shares", Assert.Throws<ClusterConnectionException>(() => ClusterEngineHandOver.ReadFile(file + "x")).Message, StringComparison.Ordinal);
        Assert.Contains("can't be read", Assert.Throws<ClusterConnectionException>(() => ClusterEngineHandOver.Read("no"u8)).Message, StringComparison.Ordinal);
    }

    // Stands for the dotnet command: notes its arguments, copies the file it is handed, and lasts.
    string FakeDotnet()
    {
        Home.UnixOnly();
        var script = Path.Combine(_home.Path, "fake dotnet");
        File.WriteAllText(script, $"#!/bin/sh\necho \"$AP_TEST|$1|$2\" > '{_home.Path}/args'\ncp \"$3\" '{_home.Path}/handed'\nexec sleep 600\n");
        Home.SetMode(script, Home.Private);
        return script;
    }

    async Task<ILaunchedEngine> Submit(string start, params string[] stop)
    {
        var options = new CommandOptions { Start = ["sh", "-c", start], Stop = stop, Dotnet = FakeDotnet(), Engine = "the engine.dll", Timeout = TimeSpan.FromSeconds(20) };
        return await new CommandLauncher(options, _home.Profile()).StartAsync(Launch(() => { }), Cancel);
    }

    [Fact]
    public async Task ACommandStartsAnEngineThatReadsItsFile()
    {
        var job = await Submit("{command} > /dev/null 2>&1 & echo note; echo Submitted batch job $! of {name} {id}", "kill", "{job}");
        await Probe.UntilAsync(() => File.Exists(Path.Combine(_home.Path, "handed")), "the engine ran");
        Assert.Equal("it's set|the engine.dll|cluster-engine-file\n", await File.ReadAllTextAsync(Path.Combine(_home.Path, "args"), Cancel));
        var bundle = Assert.Single(Directory.GetFiles(_home.Profile().BundleFolder));
        Assert.Equal(PrivateFile.Mode, Home.ModeOf(bundle));
        var pid = int.Parse(job.Where[4..], CultureInfo.InvariantCulture);
        Assert.False(Probe.IsGone(pid));
        Assert.False(job.Exited.IsCompleted);
        await Assert.ThrowsAsync<NotSupportedException>(() => job.SignalAsync(10, Cancel));
        await job.StopAsync(Grace, Cancel);
        await Probe.UntilAsync(() => Probe.IsGone(pid), "the job is gone");
        Assert.Empty(Directory.GetFiles(_home.Profile().BundleFolder));
        Assert.True(job.Exited.IsCompleted);
    }

    [Theory]
    [InlineData("echo no partition gpu >&2; exit 3 # {command}", "'sh' ended with exit code 3: no partition gpu.")]
    [InlineData("echo done # {command}", "named no job")]
    public async Task ACommandThatFailsSaysWhyAndLeavesNoSecret(string start, string reason)
    {
        var e = await Assert.ThrowsAsync<EngineLaunchException>(() => Submit(start));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_home.Profile().BundleFolder));
    }

    [Fact]
    public async Task AProgramThatIsNotThereOrHangsIsNamed()
    {
        var e = await Assert.ThrowsAsync<EngineLaunchException>(() => Tool.RunAsync(["sbatch-nowhere"], Grace, Cancel));
        Assert.Contains("There is no program 'sbatch-nowhere'", e.Message, StringComparison.Ordinal);
        Home.UnixOnly();
        e = await Assert.ThrowsAsync<EngineLaunchException>(() => Tool.RunAsync(["sleep", "600"], TimeSpan.FromSeconds(0.2), Cancel));
        Assert.Contains("'sleep' did not end within 0.2 s", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain/path.dll")]
    [InlineData("with space")]
    [InlineData("it's \"$HOME\" `id` \\ ; & | * \n line")]
    [InlineData("")]
    public async Task AWordSurvivesTheShell(string word)
    {
        Home.UnixOnly();
        Assert.Equal(word, await Tool.RunAsync(["sh", "-c", $"printf %s {ShellText.Quote(word)}"], Grace, Cancel));
        Assert.Throws<EngineLaunchException>(() => ShellText.Command(new Dictionary<string, string> { ["A;id"] = "" }, ["x"]));
    }

    [Theory]
    [InlineData("launcher = ssh", "ssh.hosts")]
    [InlineData("launcher = ssh\nssh.hosts = [\"-oProxyCommand=id\"]", "ssh.hosts")]
    [InlineData("launcher = command", "command.start")]
    [InlineData("launcher = command\ncommand { start = [run, \"{command}\"], job-id = \"[\" }", "command.job-id")]
    [InlineData("launcher = command\ncommand { start = [run, \"{command}\"], job-id = \"abc\" }", "command.job-id")]
    public void ABadLauncherIsRefusedByItsKey(string text, string key)
    {
        var config = ConfigurationFactory.ParseString($"actor-parallel.cluster {{\n{text}\n}}");
        var e = Assert.Throws<ConfigurationException>(() => EngineLaunchers.Create(_home.Profile(), config, ClusterSettings.From(config)));
        Assert.Contains($"actor-parallel.cluster.{key} is", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("launcher = local", "local")]
    [InlineData("launcher = ssh\nssh.hosts = [node1, \"me@node2\"]", "ssh")]
    [InlineData("launcher = command\ncommand.start = [sbatch, \"--wrap={command}\"]", "command")]
    public void TheProfileNamesTheLauncher(string text, string name)
    {
        var config = ConfigurationFactory.ParseString($"actor-parallel.cluster {{\n{text}\n}}");
        Assert.Equal(name, EngineLaunchers.Create(_home.Profile(), config, ClusterSettings.From(config)).Name);
    }
}
