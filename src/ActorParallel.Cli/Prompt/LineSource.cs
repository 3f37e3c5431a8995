namespace ActorParallel.Cli.Prompt;

/// <summary>Lines of standard input, with a prompt where somebody types.</summary>
internal sealed class LineSource(Terminal terminal)
{
    string _prompt = "";
    Task<string?>? _reading;

    /// <summary>The next line; null at the end.</summary>
    public async Task<string?> ReadAsync(string prompt, CancellationToken cancellationToken)
    {
        _prompt = prompt;
        if (Terminal.IsTyped) terminal.Text(prompt);
        // A read of a terminal can't be called off: what is typed later is the next call's.
        _reading ??= Task.Run(Console.In.ReadLine, CancellationToken.None);
        try
        {
            var line = await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            _reading = null;
            if (line is null && Terminal.IsTyped) terminal.Line();
            return line;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The terminal forgot what was typed so far.</summary>
    public void Again()
    {
        if (Terminal.IsTyped) terminal.Text(_prompt);
    }
}
