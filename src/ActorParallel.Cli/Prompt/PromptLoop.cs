using System.Text;
using ActorParallel.Cli.Commands;
using ActorParallel.Functions;
using ActorParallel.Scripts;

namespace ActorParallel.Cli.Prompt;

/// <summary>The C# prompt: reads, runs here or on engines, prints.</summary>
internal sealed class PromptLoop : IDisposable
{
    const string First = "> ", More = ". ", FirstPx = "px> ";

    readonly ParallelClient _client;
    readonly Shell _shell;
    readonly ScriptSession _session;
    readonly LineSource _lines;
    readonly Lock _gate = new();
    readonly CancellationTokenSource _ended = new();
    CancellationTokenSource? _running;
    bool _autoPx;
    bool _dropped;
    bool _warned;
    (int Id, AsyncResult<string?> Part)[]? _last;

    public PromptLoop(ParallelClient client, Shell shell)
    {
        (_client, _shell) = (client, shell);
        _lines = new LineSource(shell.Terminal);
        _session = new ScriptSession(new ScriptGlobals(client, [], _ended.Token), typeof(ScriptGlobals), CodeSource.Register);
        shell.Interrupts.OnPrompt = OnInterrupt;
    }

    Terminal Terminal => _shell.Terminal;

    public async Task<int> RunAsync()
    {
        if (Terminal.IsTyped) Terminal.Line($"{Words.Count(_client.Engines.Count, "engine")}. C# runs here, %px CODE on the engines; %help tells more.");
        var failed = false;
        while (!_ended.IsCancellationRequested)
        {
            string? text;
            try
            {
                text = await ReadAsync().ConfigureAwait(false);
            }
            catch (UsageException e)
            {
                Terminal.Error(e.Message);
                failed = true;
                continue;
            }
            if (text is null or "exit" or "quit" or "%exit" or "%quit") break;
            if (string.IsNullOrWhiteSpace(text)) continue;
            failed |= !await TryRunAsync(text).ConfigureAwait(false);
        }
        if (_shell.Token.IsCancellationRequested) return ExitCodes.Interrupted;
        // What is piped in is a script: whoever runs it wants to know.
        return failed && !Terminal.IsTyped ? ExitCodes.Failed : ExitCodes.Ok;
    }

    /// <summary>One whole piece of code; null at the end of the input.</summary>
    async Task<string?> ReadAsync()
    {
        var text = new StringBuilder();
        while (true)
        {
            _dropped = false;
            var line = await _lines.ReadAsync(text.Length > 0 ? More : _autoPx ? FirstPx : First, _shell.Token).ConfigureAwait(false);
            if (line is null) return text.Length > 0 && !_dropped ? text.ToString() : null;
            if (_dropped) text.Clear();
            _warned &= _dropped;
            if (text.Length == 0)
            {
                if (PxLine.Read(line) is { IsBlock: true } px) return await ReadBlockAsync(px, line).ConfigureAwait(false);
                if (line.TrimStart().StartsWith('%')) return line.Trim();
            }
            text.Append(text.Length > 0 ? "\n" : "").Append(line);
            if (ScriptSession.IsComplete(text.ToString())) return text.ToString();
        }
    }

    async Task<string> ReadBlockAsync(PxLine px, string head)
    {
        var text = new StringBuilder(head);
        if (px.Code.Length > 0) text.Append('\n');
        while (true)
        {
            _dropped = false;
            var line = await _lines.ReadAsync(More, _shell.Token).ConfigureAwait(false);
            if (_dropped) return "";
            if (line is null || line.Trim() == "%%") return text.ToString();
            text.Append('\n').Append(line);
        }
    }

    async Task<bool> TryRunAsync(string text)
    {
        using var running = new CancellationTokenSource();
        lock (_gate) _running = running;
        try
        {
            return await RunAsync(text, running.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            Terminal.Error("Cancelled.");
            return false;
        }
#pragma warning disable CA1031 // Code threw something: the prompt goes on.
        catch (Exception e)
        {
            Terminal.Error(e is UsageException or CommandException or NoEnginesException ? e.Message : Connecting.Describe(e));
            return false;
        }
#pragma warning restore CA1031
        finally
        {
            lock (_gate) _running = null;
        }
    }

    async Task<bool> RunAsync(string text, CancellationToken cancellationToken)
    {
        if (text.StartsWith('%'))
        {
            var (head, body) = text.IndexOf('\n', StringComparison.Ordinal) is > 0 and var end ? (text[..end], text[(end + 1)..]) : (text, "");
            if (PxLine.Read(head) is { } px) return await OnEnginesAsync(px, px.IsBlock ? $"{px.Code}{body}" : px.Code, cancellationToken).ConfigureAwait(false);
            await MagicAsync(head, cancellationToken).ConfigureAwait(false);
            return true;
        }
        if (_autoPx) return await OnEnginesAsync(new PxLine(false, null, text), text, cancellationToken).ConfigureAwait(false);
        // Code that blocks its thread is left to itself when it does not end with what it waits for.
        var result = await Task.Run(() => _session.RunAsync(text, null, cancellationToken), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (result.HasValue) Terminal.Line(ScriptSession.Print(result.Value));
        return true;
    }

    async Task MagicAsync(string line, CancellationToken cancellationToken)
    {
        switch (line)
        {
            case "%help":
                Terminal.Line(PromptText.Help);
                break;
            case "%autopx":
                _autoPx = !_autoPx;
                Terminal.Line(_autoPx ? "Code runs on all engines from here on; %autopx ends that." : "Code runs here again.");
                break;
            case "%pxresult":
                if (_last is null) throw new UsageException("There is no result yet: %px CODE runs code on the engines.");
                foreach (var (id, part) in _last)
                {
                    if (part.Output.Length > 0) LiveOutput.Label("stdout", id, part.Output, Terminal.Line);
                    Show(id, part);
                }
                break;
            case "%engines" or "%status":
                var queue = await _client.QueueStatusAsync(cancellationToken).ConfigureAwait(false);
                EngineDocument[] engines = [.. _client.Engines.Select(e => EngineDocument.Of(e, queue.Engines.GetValueOrDefault(e.Id)))];
                if (engines.Length > 0) Terminal.Show(StatusCommand.Engines(engines, null));
                else Terminal.Line("No engines.");
                break;
            default:
                throw new UsageException($"There is no '{line.Split(' ')[0]}' here: %help tells what there is.");
        }
    }

    /// <summary>Runs code on engines; shows what each writes as it comes, and at its end its value or its error.</summary>
    async Task<bool> OnEnginesAsync(PxLine px, string code, CancellationToken cancellationToken)
    {
        var view = px.Engines is null ? _client.DirectView() : _client.DirectView(EngineIds.Choose(px.Engines, _client.Ids));
        var result = view.InteractAsync(code, cancellationToken);
        _last = [.. result.Targets.Select((id, i) => (id, result.Parts[i]))];
        var output = new LiveOutput(Terminal.Line);
        foreach (var (id, part) in _last) output.Watch(id, part);
        var left = _last.ToDictionary(p => p.Part.WaitAsync(CancellationToken.None), p => p);
        var wrote = output.WaitAsync();
        var ok = true;
        while (left.Count > 0)
        {
            var happened = await Task.WhenAny([wrote, .. left.Keys]).ConfigureAwait(false);
            if (happened == wrote)
            {
                output.Show();
                wrote = output.WaitAsync();
                continue;
            }
            left.Remove(happened, out var ended);
            output.End(ended.Id, ended.Part.Output);
            Show(ended.Id, ended.Part);
            ok &= ended.Part.Error is null;
        }
        return ok;
    }

    void Show(int id, AsyncResult<string?> part)
    {
        if (part.Error is { } error) LiveOutput.Label("error", id, error is OperationCanceledException ? "Cancelled." : Connecting.Describe(error), Terminal.Error);
        else if (part.ValueOrDefault is { } value) LiveOutput.Label("out", id, value, Terminal.Line);
    }

    /// <summary>Ctrl-C. False ends the process.</summary>
    bool OnInterrupt()
    {
        lock (_gate)
        {
            if (_running is { } running)
            {
                if (running.IsCancellationRequested) return false;
                _ = running.CancelAsync();
                _client.Executor.CancelAll();
                return true;
            }
            if (_warned) return false;
            (_warned, _dropped) = (true, true);
        }
        Terminal.Line();
        Terminal.Line("Ctrl-C again, Ctrl-D or %exit ends the prompt.");
        _lines.Again();
        return true;
    }

    public void Dispose()
    {
        _shell.Interrupts.OnPrompt = null;
        _ended.Cancel();
        _ended.Dispose();
    }
}
