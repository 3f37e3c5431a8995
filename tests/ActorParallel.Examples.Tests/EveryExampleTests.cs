namespace ActorParallel.Examples.Tests;

public sealed class EveryExampleTests
{
    static readonly string[] OnPools = ["Quickstart", "WordCount", "MonteCarlo", "Mandelbrot", "LogSearch"];
    static readonly string[] OnClusters = ["IPythonSession", "ParameterSweep", "WordFrequencies", "PiDigits", "WaveEquation"];

    static readonly string[] Services = ["ImageService", "WorkerService"];
    static readonly string[] OnSimulations = ["PolicyStudy"];

    /// <summary>A test project's program is its test runner's.</summary>
    static readonly string[] TestProjects = ["SimulationTest"];

    public static TheoryData<string> Names => [.. OnPools, .. OnClusters, .. Services, .. OnSimulations];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Help_names_the_options(string name)
    {
        using var help = await Started.RunAsync(name, "--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.StartsWith($"{name}: ", help.Output);
        Assert.Contains(OnPools.Contains(name) ? "--processes N" : Services.Contains(name) ? "--run-on PLACE" : "--engines N", help.Output);
    }

    [Fact]
    public void Every_example_is_listed_and_run_by_CI()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "ActorParallel.sln"))) root = root.Parent;
        var examples = Directory.GetFiles(Path.Combine(root.FullName, "examples"), "*.csproj", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file)).ToArray();
        Assert.Equal(OnPools.Concat(OnClusters).Concat(Services).Concat(OnSimulations).Concat(TestProjects).Order(StringComparer.Ordinal), examples.Order(StringComparer.Ordinal));
        var list = File.ReadAllText(Path.Combine(root.FullName, "examples", "README.md"));
        var ci = File.ReadAllText(Path.Combine(root.FullName, ".ci", "run"));
        Assert.All(examples, name => Assert.Contains($"[{name}]({name})", list));
        Assert.All(examples, name => Assert.Contains($"[{name}]=", ci));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_unknown_option_is_refused(string name)
    {
        using var refused = await Started.RunAsync(name, "--frobnicate");
        refused.Refuses(2, "There is no option --frobnicate.");
    }

    [Theory]
    [InlineData("Quickstart", "--limit", "-5", "from 1000 to 100000000, not -5")]
    [InlineData("WordCount", "--threads", "0", "--threads needs a whole number from 1")]
    [InlineData("WordCount", "--top", "many", "--top needs a whole number from 1, not many")]
    [InlineData("MonteCarlo", "--volatility", "NaN", "--volatility needs a number")]
    [InlineData("MonteCarlo", "--processes", "-1", "--processes needs a whole number from 1")]
    [InlineData("Mandelbrot", "--width", "0", "--width needs a whole number from 1")]
    [InlineData("IPythonSession", "--engines", "0", "--engines needs a whole number from 1")]
    [InlineData("ParameterSweep", "--rates", "0", "--rates needs a whole number from 1")]
    [InlineData("WordFrequencies", "--top", "0", "--top needs a whole number from 1")]
    [InlineData("PiDigits", "--digits", "9", "--digits needs a whole number from 10")]
    [InlineData("WaveEquation", "--size", "7", "--size needs a whole number from 8")]
    [InlineData("ImageService", "--run-on", "moon", "--run-on takes threads, processes or cluster, not moon")]
    [InlineData("WorkerService", "--files", "0", "--files needs a whole number from 1")]
    [InlineData("PolicyStudy", "--tasks", "9", "--tasks needs a whole number from 1000")]
    [InlineData("LogSearch", "--generate", "1PB", "--generate needs a size")]
    [InlineData("LogSearch", "--pattern", "(", "--pattern is no regular expression")]
    public async Task A_bad_value_is_refused(string name, string option, string value, string because)
    {
        using var refused = await Started.RunAsync(name, option, value);
        refused.Refuses(2, because);
    }

    [Fact]
    public async Task Threads_and_processes_exclude_each_other()
    {
        using var refused = await Started.RunAsync("MonteCarlo", "--threads", "1", "--processes", "1");
        refused.Refuses(2, "not both");
    }

    [Fact]
    public async Task A_profile_that_is_not_there_is_refused()
    {
        using var refused = await Started.RunAsync("PiDigits", "--profile", "no-such-profile-here");
        refused.Refuses(1, "no-such-profile-here");
    }

    [Fact]
    public async Task Engines_and_a_profile_exclude_each_other()
    {
        using var refused = await Started.RunAsync("WaveEquation", "--engines", "2", "--profile", "default");
        refused.Refuses(2, "not both");
    }

    [Theory]
    [InlineData()]
    [InlineData("--processes", "1")]
    public async Task Interrupt_cancels_and_exits_with_130(params string[] executor)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are sent with kill.");
        using var program = Started.Program("MonteCarlo", ["--paths", "2000000000", .. executor]);
        while (!program.Error.Contains("simulation: ", StringComparison.Ordinal))
            await Task.Delay(50, TestContext.Current.CancellationToken);
        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{program.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await program.EndAsync();
        Assert.Equal(130, program.ExitCode);
        Assert.EndsWith("Cancelled.\n", program.Error);
        Assert.Equal("", program.Output);
    }

    [Fact]
    public async Task Interrupt_ends_a_program_with_its_cluster()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Children are found in /proc, signals sent with kill.");
        using var program = Started.Program("ParameterSweep", ["--runs", "100000", "--rates", "8", "--engines", "2"]);
        var engines = Array.Empty<int>();
        while ((engines = ChildrenOf(program.Id)).Length < 3)
        {
            Assert.False(program.HasExited, program.Error);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        using (var kill = System.Diagnostics.Process.Start("kill", ["-INT", $"{program.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await program.EndAsync();
        Assert.Equal(130, program.ExitCode);
        Assert.EndsWith("Cancelled.\n", program.Error);
        Assert.Equal("", program.Output);
        foreach (var engine in engines)
            while (Directory.Exists($"/proc/{engine}"))
                await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    /// <summary>The controller and the engines.</summary>
    static int[] ChildrenOf(int id) => [.. Directory.GetDirectories($"/proc/{id}/task")
        .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)];
}
