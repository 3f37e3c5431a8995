using System.Text;

namespace ActorParallel.Engines;

/// <summary>
/// An engine's Console: what a task writes goes to the task's output, and by option to the pool's console as well.
/// What is written outside tasks goes to the pool's console by option, and nowhere otherwise.
/// </summary>
internal sealed class ConsoleCapture(TextWriter console, bool forward) : TextWriter
{
    public override Encoding Encoding => console.Encoding;

    public static void Install(bool forward)
    {
        Console.SetOut(new ConsoleCapture(Console.Out, forward));
        Console.SetError(new ConsoleCapture(Console.Error, forward));
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void WriteLine(string? value) => Write(string.Concat(value, NewLine).AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (TaskContext.Current is RemoteTaskContext { Task: var task }) task.Output.Append(buffer);
        if (!forward) return;
        console.Write(buffer);
        console.Flush();
    }
}
