using Spectre.Console;
using Spectre.Console.Rendering;

namespace ActorParallel.Terminal;

/// <summary>A column that shows a part of a row's snapshot.</summary>
internal sealed class ProgressCell(Func<ProgressRow, string> text, Justify side, Style? style = null) : ProgressColumn
{
    const int OtherColumns = 62;

    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        var row = (ProgressRow)task.Tag!;
        var look = row.Seen is { Failed: > 0 } or { Ending: not null } ? new Style(Color.Red) : style ?? Style.Plain;
        return new Text(text(row), look).Justify(side).Overflow(Overflow.Ellipsis);
    }

    internal static ProgressColumn[] All(int width) =>
    [
        new ProgressCell(static row => row.Title, Justify.Left),
        new ProgressBarColumn { Width = Math.Clamp(width - OtherColumns, 8, 40) },
        new ProgressCell(static row => ProgressText.Items(row.Seen), Justify.Right),
        new ProgressCell(static row => ProgressText.Rate(row.Seen), Justify.Right, new Style(Color.Teal)),
        new ProgressCell(static row => ProgressText.Time(row.Seen.Progress.Elapsed), Justify.Right),
        new ProgressCell(static row => ProgressText.Left(row.Seen), Justify.Right, new Style(Color.Blue)),
    ];
}
