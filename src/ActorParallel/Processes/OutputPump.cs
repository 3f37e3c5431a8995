using System.Text;
using System.Threading.Channels;

namespace ActorParallel.Processes;

/// <summary>
/// Takes what a child writes, line by line, to a callback. It always keeps reading: a callback that is slow or blocks
/// costs lines (the newest are dropped, and a line says how many), never the child.
/// </summary>
internal sealed class OutputPump
{
    const int LinesKept = 8192, LongestLine = 64 * 1024;
    static readonly TimeSpan AfterExit = TimeSpan.FromSeconds(1);

    readonly Channel<string> lines = Channel.CreateBounded<string>(new BoundedChannelOptions(LinesKept) { SingleReader = true, SingleWriter = true });
    int dropped;

    OutputPump(Stream stream, Action<string> onLine, Task exited)
    {
        CancellationTokenSource stop = new();
        Ended = EndAsync(ReadAsync(stream, stop.Token), CallAsync(onLine), exited, stop);
    }

    /// <summary>Completes when the last line was handed to the callback, at most a second after it was written once the child has ended.</summary>
    public Task Ended { get; }

    public static OutputPump Start(Stream stream, Action<string> onLine, Task exited) => new(stream, onLine, exited);

    /// <summary>A process of the child's own may hold the pipe open long after the child: that isn't waited for.</summary>
    static async Task EndAsync(Task reading, Task calling, Task exited, CancellationTokenSource stop)
    {
        await exited.ConfigureAwait(false);
        stop.CancelAfter(AfterExit);
        await reading.ConfigureAwait(false);
        stop.Dispose();
        await Task.WhenAny(calling, Task.Delay(AfterExit)).ConfigureAwait(false);
    }

    async Task ReadAsync(Stream stream, CancellationToken stop)
    {
        StringBuilder line = new();
        try
        {
            using StreamReader reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            char[] buffer = new char[4096];
            while (await reader.ReadAsync(buffer, stop).ConfigureAwait(false) is > 0 and int count)
                Split(buffer.AsSpan(0, count), line);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
        }
        if (line.Length > 0)
            Keep(line);
        lines.Writer.Complete();
    }

    void Split(ReadOnlySpan<char> text, StringBuilder line)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf('\n');
            int take = Math.Min(end < 0 ? text.Length : end, LongestLine - line.Length);
            line.Append(text[..take]);
            text = text[take..];
            if (end == take)
                text = text[1..];
            if (end == take || line.Length == LongestLine)
                Keep(line);
        }
    }

    void Keep(StringBuilder line)
    {
        if (line.Length > 0 && line[^1] == '\r')
            line.Length--;
        if (dropped > 0 && lines.Writer.TryWrite($"[{dropped} lines dropped: they came faster than they were taken]"))
            dropped = 0;
        if (!lines.Writer.TryWrite(line.ToString()))
            dropped++;
        line.Clear();
    }

    async Task CallAsync(Action<string> onLine)
    {
        await foreach (string line in lines.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                onLine(line);
            }
            catch (Exception) when (!Environment.HasShutdownStarted)
            {
                // A listener's failure is its own; the next line may do.
            }
        }
    }
}
