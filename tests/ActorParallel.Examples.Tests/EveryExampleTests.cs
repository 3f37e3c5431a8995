namespace ActorParallel.Examples.Tests;

public sealed class EveryExampleTests
{
    public static TheoryData<string> Names => ["Quickstart", "WordCount", "MonteCarlo", "Mandelbrot", "LogSearch"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Help_names_the_options(string name)
    {
        using var help = await Started.RunAsync(name, "--help");
        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.StartsWith($"{name}: ", help.Output);
        Assert.Contains("--processes N", help.Output);
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
}
