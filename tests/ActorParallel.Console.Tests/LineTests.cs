using ActorParallel.Terminal;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;
using Spectre.Console.Testing;

namespace ActorParallel.TerminalTests;

public sealed class LineTests : IDisposable
{
    readonly ParallelPool _pool = new(2);
    readonly TestConsole _log = new TestConsole().Width(20);

    public void Dispose()
    {
        _pool.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void A_short_job_is_one_line_without_escape_codes()
    {
        _pool.MapAsync(x => x + 1, Enumerable.Range(0, 100).ToArray()).ShowProgress("a title longer than the console", _log);
        var line = Assert.Single(_log.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("a title longer than the console: 100/100, done, ", line);
        Assert.DoesNotContain('\e', _log.Output);
    }

    [Fact]
    public void No_color_means_lines_on_a_terminal_too()
    {
        using var plain = new TestConsole().Interactive().Colors(ColorSystem.NoColors);
        plain.EmitAnsiSequences();
        _pool.ApplyAsync(() => 1).ShowProgress("plain", plain);
        Assert.DoesNotContain('\e', plain.Output);
        Assert.Contains("plain: done", plain.Output);
    }

    [Fact]
    public async Task A_long_job_writes_a_line_every_few_seconds()
    {
        using var gate = new SemaphoreSlim(0);
        using var log = new WatchedTerminal();
        log.Console.Profile.Capabilities.Interactive = false;
        var time = new FakeTimeProvider();
        var map = _pool.With(chunkSize: 1).MapAsync(_ => { gate.Wait(); return 0; }, Enumerable.Range(0, 4).ToArray());
        var shown = new ProgressDisplay(log.Console, [map], "steps", time).RunAsync(CancellationToken.None);

        gate.Release();
        await Until(() => map.Completed == 1);
        time.Advance(ProgressDisplay.LineInterval - TimeSpan.FromMilliseconds(1));
        Assert.Equal("", log.Output);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await Until(() => log.Output.Contains("steps: 1/4, 25%", StringComparison.Ordinal));

        gate.Release(3);
        await shown;
        Assert.Equal(2, log.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("steps: 4/4, done", log.Output);
    }

    [Fact]
    public async Task Several_results_end_with_a_line_each()
    {
        AsyncResult<int>[] two = [_pool.With(label: "good").ApplyAsync(() => 1), _pool.With(label: "bad").ApplyAsync(int () => throw new InvalidOperationException())];
        await two.ShowProgressAsync(console: _log);
        Assert.Contains("good: done", _log.Output);
        Assert.Contains("bad: failed", _log.Output);
    }

    [Fact]
    public async Task A_cancelled_map_says_so()
    {
        var map = _pool.MapAsync(_ => { TaskContext.Current!.CancellationToken.WaitHandle.WaitOne(); return 0; }, [1, 2, 3]);
        var shown = map.ShowProgressAsync("stopped", _log);
        map.Cancel();
        await shown;
        Assert.Contains("cancelled", _log.Output);
    }

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(59.9, "0:59")]
    [InlineData(61, "1:01")]
    [InlineData(3600, "1:00:00")]
    [InlineData(90061, "25:01:01")]
    public void Times_read_as_clocks(double seconds, string text) => Assert.Equal(text, ProgressText.Time(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "")]
    [InlineData(0.5, "30.0/min")]
    [InlineData(2.5, "2.5/s")]
    [InlineData(1234567, "1,234,567/s")]
    public void Rates_have_a_fitting_unit(double rate, string text) =>
        Assert.Equal(text, ProgressText.Rate(new ProgressSnapshot(new TaskProgress(1, 2, 0.5, TimeSpan.FromSeconds(1), rate, null), true, false, 0, null)));

    static async Task Until(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(10, TestContext.Current.CancellationToken);
    }
}
