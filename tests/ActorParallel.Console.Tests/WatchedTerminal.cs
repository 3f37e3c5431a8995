using Spectre.Console;

namespace ActorParallel.TerminalTests;

/// <summary>A terminal whose output may be read while it is written, which TestConsole's may not.</summary>
sealed class WatchedTerminal : IDisposable
{
    readonly LockedWriter _writer = new();

    public WatchedTerminal()
    {
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.TrueColor,
            Out = new AnsiConsoleOutput(_writer),
        });
        Console.Profile.Width = 120;
    }

    public IAnsiConsole Console { get; }

    public string Output => _writer.Text;

    public void Dispose() => _writer.Dispose();

    sealed class LockedWriter : StringWriter
    {
        readonly Lock _gate = new();

        public string Text
        {
            get
            {
                lock (_gate) return ToString();
            }
        }

        public override void Write(char value)
        {
            lock (_gate) base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (_gate) base.Write(buffer, index, count);
        }

        public override void Write(string? value)
        {
            lock (_gate) base.Write(value);
        }
    }
}
