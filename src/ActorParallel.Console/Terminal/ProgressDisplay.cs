using Spectre.Console;

namespace ActorParallel.Terminal;

/// <summary>Shows results until all have ended: bars where they can be drawn, lines elsewhere.</summary>
internal sealed class ProgressDisplay(IAnsiConsole console, IReadOnlyList<AsyncResult> results, string? title, TimeProvider? time = null)
{
    internal static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(100);
    internal static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(3);
    const int MostRows = 12;

    readonly TimeProvider _time = time ?? TimeProvider.System;

    internal Task RunAsync(CancellationToken cancellationToken) =>
        results.Count == 0 ? Task.CompletedTask
        : Consoles.Draws(console) ? DrawAsync(cancellationToken)
        : PrintAsync(cancellationToken);

    async Task DrawAsync(CancellationToken cancellationToken)
    {
        using var cursor = new CursorGuard(console);
        var bar = new Progress(console) { AutoRefresh = false, ExcludeVerticalPadding = true };
        await bar.Columns(ProgressCell.All(console.Profile.Width)).StartAsync(async context =>
        {
            var tasks = Rows().Select(row => Add(context, row)).ToArray();
            await EachAsync(BarInterval, () => Draw(context, tasks), cancellationToken).ConfigureAwait(false);
            Draw(context, tasks);
        }).ConfigureAwait(false);
    }

    static ProgressTask Add(ProgressContext context, ProgressRow row)
    {
        var task = context.AddTask(Markup.Escape(row.Title), autoStart: true, maxValue: 1);
        task.Tag = row;
        return task;
    }

    static void Draw(ProgressContext context, ProgressTask[] tasks)
    {
        foreach (var task in tasks)
        {
            var now = ((ProgressRow)task.Tag!).Look();
            task.IsIndeterminate = !now.Ready && now.Progress.Fraction is null;
            // A row that failed keeps the length it reached.
            task.Value = now is { Ready: true, Ending: null } ? 1 : now.Progress.Fraction ?? 0;
        }
        context.Refresh();
    }

    async Task PrintAsync(CancellationToken cancellationToken)
    {
        var all = results.Count == 1 ? new ProgressRow(results[0], title) : Together();
        await EachAsync(LineInterval, () => Print(all), cancellationToken).ConfigureAwait(false);
        foreach (var row in Rows()) Print(row);
    }

    void Print(ProgressRow row) =>
        // Not wrapped at the width that a log doesn't have.
        console.Profile.Out.Writer.WriteLine(ProgressText.Line(row.Title, row.Look()));

    IEnumerable<ProgressRow> Rows() => results.Count switch
    {
        1 => [new ProgressRow(results[0], title)],
        <= MostRows => results.Select(static result => new ProgressRow(result, null)),
        _ => [Together()],
    };

    ProgressRow Together() => new(title ?? $"{results.Count} tasks", results);

    async Task EachAsync(TimeSpan interval, Action show, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var all = AsyncResult.WhenAll(results, cancellationToken);
        try
        {
            for (;;)
            {
                if (await Task.WhenAny(all, Task.Delay(interval, _time, stop.Token)).ConfigureAwait(false) == all) break;
                cancellationToken.ThrowIfCancellationRequested();
                show();
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        // What the tasks threw is for whoever gets their values.
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!results.All(static result => result.Ready)) cancellationToken.ThrowIfCancellationRequested();
    }
}
