using System.Text;
using System.Threading.Channels;

namespace ActorParallel.Cli.Prompt;

/// <summary>What engines write while they run code: whole lines, each with its engine's number, as they come.</summary>
internal sealed class LiveOutput(Action<string> write)
{
    readonly Channel<(int Id, string Text)> _came = Channel.CreateUnbounded<(int, string)>(new UnboundedChannelOptions { SingleReader = true });
    readonly Dictionary<int, Engine> _engines = [];

    /// <summary>From here on an engine's part is watched.</summary>
    public void Watch(int id, AsyncResult part)
    {
        _engines[id] = new Engine();
        part.Control.OnOutput(text => _came.Writer.TryWrite((id, text)));
    }

    /// <summary>Completes when there is something to show.</summary>
    public Task WaitAsync() => _came.Reader.WaitToReadAsync().AsTask();

    /// <summary>Shows the lines that are whole.</summary>
    public void Show()
    {
        while (_came.Reader.TryRead(out var came))
        {
            var engine = _engines[came.Id];
            engine.Told.Append(came.Text);
            engine.Line.Append(came.Text);
            var text = engine.Line.ToString();
            var end = text.LastIndexOf('\n');
            if (end < 0) continue;
            engine.Line.Clear().Append(text, end + 1, text.Length - end - 1);
            Label("stdout", came.Id, text[..end], write);
        }
    }

    /// <summary>The part has ended: shows what is left of all that it wrote.</summary>
    public void End(int id, string output)
    {
        Show();
        var engine = _engines[id];
        var told = engine.Told.ToString();
        // What a lost controller had on its way is in the whole alone.
        var rest = output.StartsWith(told, StringComparison.Ordinal) ? engine.Line + output[told.Length..] : output;
        if (rest.Length > 0) Label("stdout", id, rest, write);
    }

    public static void Label(string name, int id, string text, Action<string> write)
    {
        if (text.EndsWith('\n')) text = text[..^1];
        foreach (var line in text.Split('\n')) write($"[{name}:{id}] {line.TrimEnd('\r')}");
    }

    sealed class Engine
    {
        public StringBuilder Told { get; } = new();

        public StringBuilder Line { get; } = new();
    }
}
