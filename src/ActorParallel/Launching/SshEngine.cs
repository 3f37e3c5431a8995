using System.Globalization;
using ActorParallel.Processes;

namespace ActorParallel.Launching;

/// <summary>An engine on another machine, at the end of an SSH connection of its own.</summary>
internal sealed class SshEngine : ILaunchedEngine
{
    static readonly TimeSpan ForceTimeout = TimeSpan.FromSeconds(5);
    readonly SshOptions _options;
    readonly string _host;
    readonly int _pid;
    readonly Tool _ssh;
    readonly OutputTail _tail;

    public SshEngine(SshOptions options, string host, int pid, Tool ssh, OutputTail tail)
    {
        (_options, _host, _pid, _ssh, _tail) = (options, host, pid, ssh, tail);
        Exited = EndAsync();
    }

    public string Where => _host;

    public int? ProcessId => _pid;

    public Task<EngineExit> Exited { get; }

    public IReadOnlyList<string> LastOutput => _tail.Lines;

    public async Task SignalAsync(int signal, CancellationToken cancellationToken)
    {
        if (!Exited.IsCompleted)
        {
            await SendAsync(signal, _options.ConnectTimeout, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        if (Exited.IsCompleted)
        {
            return;
        }

        await TrySendAsync(Libc.SigTerm, grace, cancellationToken).ConfigureAwait(false);
        await Ended.Within(Exited, grace, cancellationToken).ConfigureAwait(false);
        if (!Exited.IsCompleted)
        {
            await TrySendAsync(Libc.SigKill, ForceTimeout, CancellationToken.None).ConfigureAwait(false);
        }

        // With its standard input gone an engine ends itself, should the signals not have reached it.
        _ssh.Dispose();
        await Ended.Within(Exited, ForceTimeout, CancellationToken.None).ConfigureAwait(false);
        if (!Exited.IsCompleted)
        {
            _ssh.Kill();
            await Ended.Within(Exited, ForceTimeout, CancellationToken.None).ConfigureAwait(false);
        }
    }

    Task<string> SendAsync(int signal, TimeSpan timeout, CancellationToken cancellationToken) => Tool.RunAsync(
        _options.Command(_host, string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {_pid}")), timeout, cancellationToken);

    async Task TrySendAsync(int signal, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(signal, timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is EngineLaunchException or OperationCanceledException)
        {
            // It has ended meanwhile, or the host is out of reach; closing the connection is left.
        }
    }

    async Task<EngineExit> EndAsync()
    {
        var exit = await _ssh.Exited.ConfigureAwait(false);
        _ssh.Dispose();
        _tail.Dispose();

        // What the ssh command itself used says nothing of the engine.
        return exit.Code == 255 || exit.Signal is not null
            ? new EngineExit(null, null, null, SshLauncher.Told(_host, exit, _tail))
            : Ended.From(exit with { PeakBytes = null }) with { Signal = exit.Code is > 128 and < 193 ? exit.Code - 128 : null };
    }
}
