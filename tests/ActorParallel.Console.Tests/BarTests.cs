using Spectre.Console;
using Spectre.Console.Testing;

namespace ActorParallel.TerminalTests;

public sealed class BarTests : IDisposable
{
    readonly ParallelPool _pool = new(2);
    readonly TestConsole _terminal = new TestConsole().Interactive().EmitAnsiSequences().Colors(ColorSystem.TrueColor).Width(120);
    readonly WatchedTerminal _watched = new();

    public void Dispose()
    {
        _pool.Dispose();
        _terminal.Dispose();
        _watched.Dispose();
    }

    [Fact]
    public void A_map_ends_with_all_items_and_hands_its_result_on()
    {
        int[] squares = _pool.MapAsync(x => x * x, Enumerable.Range(0, 1234).ToArray()).ShowProgress("squares", _terminal).Get();
        Assert.Equal(1233 * 1233, squares[^1]);
        Assert.Contains("squares", _terminal.Output);
        Assert.Contains("1,234/1,234", _terminal.Output);
        Assert.Contains("done", _terminal.Output);
    }

    [Fact]
    public async Task The_bar_moves_while_the_map_runs()
    {
        using var gate = new SemaphoreSlim(0);
        var map = _pool.With(chunkSize: 1).MapAsync(_ => { gate.Wait(); return 0; }, Enumerable.Range(0, 4).ToArray());
        var shown = map.ShowProgressAsync("steps", _watched.Console);
        gate.Release();
        await Until(() => _watched.Output.Contains("1/4", StringComparison.Ordinal));
        gate.Release(3);
        await shown;
        Assert.Contains("4/4", _watched.Output);
    }

    [Fact]
    public async Task The_cursor_comes_back()
    {
        await _pool.ApplyAsync(() => 1).ShowProgressAsync(console: _terminal);
        Assert.Contains("\e[?25l", _terminal.Output);
        Assert.True(_terminal.Output.LastIndexOf("\e[?25h", StringComparison.Ordinal) > _terminal.Output.LastIndexOf("\e[?25l", StringComparison.Ordinal));
    }

    [Fact]
    public void Several_results_have_a_row_each_under_their_labels()
    {
        AsyncResult<int>[] two = [_pool.With(label: "left").ApplyAsync(() => 1), _pool.With(label: "[right]").ApplyAsync(() => 2)];
        Assert.Equal([1, 2], two.ShowProgress(console: _terminal).Select(r => r.Get()));
        Assert.Contains("left", _terminal.Output);
        Assert.Contains("[right]", _terminal.Output);
    }

    [Fact]
    public void Many_results_share_one_row()
    {
        Enumerable.Range(0, 40).Select(i => _pool.ApplyAsync(x => x + 1, i)).ShowProgress("forty", _terminal);
        Assert.Contains("40/40", _terminal.Output);
    }

    [Fact]
    public async Task A_task_reports_its_own_progress()
    {
        using var seen = new ManualResetEventSlim();
        var task = _pool.ApplyAsync(() =>
        {
            TaskContext.Current!.Report(0.37);
            seen.Wait();
            return 1;
        });
        var shown = task.ShowProgressAsync("alone", _watched.Console);
        await Until(() => _watched.Output.Contains("37%", StringComparison.Ordinal));
        seen.Set();
        await shown;
    }

    [Fact]
    public async Task A_failed_map_says_so_and_throws_only_when_asked()
    {
        var map = _pool.MapAsync(x => 10 / x, [1, 0, 2]);
        Assert.Same(map, await map.ShowProgressAsync("division", _terminal));
        Assert.Contains("1 failed", _terminal.Output);
        Assert.Throws<ParallelMapException<int>>(() => map.Get());
    }

    [Fact]
    public async Task A_cancelled_token_ends_the_bar_and_not_the_task()
    {
        using var gate = new SemaphoreSlim(0);
        using var stop = new CancellationTokenSource();
        var task = _pool.ApplyAsync(() => { gate.Wait(); return 7; });
        var shown = task.ShowProgressAsync("long", _terminal, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shown);
        Assert.False(task.Ready);
        gate.Release();
        Assert.Equal(7, await task);
        Assert.EndsWith("\e[?25h", _terminal.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lazy_input_of_unknown_length_shows_what_has_ended()
    {
        using var gate = new SemaphoreSlim(0);
        var map = _pool.With(chunkSize: 1).MapAsync(x => x, Lazy(gate));
        var shown = map.ShowProgressAsync("lazy", _watched.Console);
        await Until(() => _watched.Output.Contains("lazy", StringComparison.Ordinal));
        gate.Release();
        await shown;
        Assert.Contains("3/3", _watched.Output);

        static IEnumerable<int> Lazy(SemaphoreSlim gate)
        {
            yield return 1;
            yield return 2;
            gate.Wait();
            yield return 3;
        }
    }

    [Fact]
    public void Nothing_to_show_shows_nothing()
    {
        Array.Empty<AsyncResult<int>>().ShowProgress(console: _terminal);
        Assert.Equal("", _terminal.Output);
    }

    [Fact]
    public async Task Null_is_refused_at_the_call()
    {
        Assert.Throws<ArgumentNullException>(() => ((AsyncResult<int>)null!).ShowProgress());
        await Assert.ThrowsAsync<ArgumentException>(() => new AsyncResult<int>[] { null! }.ShowProgressAsync());
    }

    static async Task Until(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(10, TestContext.Current.CancellationToken);
    }
}
