using Spectre.Console;

namespace ActorParallel.Terminal;

/// <summary>A bar hides the cursor; a program that ends under it, by Ctrl-C or otherwise, gives it back. Ctrl-C goes on to whoever handles it.</summary>
internal sealed class CursorGuard : IDisposable
{
    readonly IAnsiConsole _console;

    internal CursorGuard(IAnsiConsole console)
    {
        _console = console;
        Console.CancelKeyPress += OnCancel;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
    }

    void OnCancel(object? sender, ConsoleCancelEventArgs e) => _console.Cursor.Show();

    void OnExit(object? sender, EventArgs e) => _console.Cursor.Show();
}
