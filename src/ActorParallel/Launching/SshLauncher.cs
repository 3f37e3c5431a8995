using System.Globalization;
using ActorParallel.Profiles;
using Akka.Configuration;

namespace ActorParallel.Launching;

/// <summary>Where and how engines are started over SSH; see <c>profile.conf</c>.</summary>
internal sealed record SshOptions
{
    public required IReadOnlyList<string> Hosts { get; init; }
    public int Port { get; init; }
    public string IdentityFile { get; init; } = "";
    public IReadOnlyList<string> Options { get; init; } = [];
    public string Ssh { get; init; } = "ssh";
    public string Dotnet { get; init; } = "dotnet";
    public string Engine { get; init; } = ".actor-parallel/engine/ActorParallel.Engine.dll";
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ConfigurationException">A value can't be used; the message names its key.</exception>
    public static SshOptions From(Config config)
    {
        var reader = new SettingsReader(config.WithFallback(ProfileConfig.Reference), ProfileConfig.Section + ".ssh");
        var hosts = reader.Texts("hosts");
        return hosts.Count == 0 || hosts.Any(host => !IsHost(host))
            ? throw reader.Refuse("hosts", "a list of hosts such as [node1, user@node2]")
            : new SshOptions
            {
                Hosts = hosts,
                Port = reader.Number("port", 0, 65535),
                IdentityFile = reader.Text("identity-file"),
                Options = reader.Texts("options"),
                Ssh = reader.Text("ssh"),
                Dotnet = reader.Text("dotnet"),
                Engine = reader.Text("engine"),
            };
    }

    /// <summary>The arguments of the ssh command that runs a command there. Nothing is ever asked, and an unknown host is refused.</summary>
    public IReadOnlyList<string> Command(string host, string remote) =>
    [
        Ssh, .. Options, "-T", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
        "-o", string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={(int)Math.Ceiling(ConnectTimeout.TotalSeconds)}"),
        "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3",
        .. Port == 0 ? (string[])[] : ["-p", Port.ToString(CultureInfo.InvariantCulture)],
        .. IdentityFile.Length == 0 ? (string[])[] : ["-i", IdentityFile, "-o", "IdentitiesOnly=yes"],
        "--", host, remote,
    ];

    // One that starts with '-' would be an option of the command.
    static bool IsHost(string host) => host.Length > 0 && host[0] != '-' && !host.Any(char.IsWhiteSpace);
}

/// <summary>
/// Engines on other machines, over OpenSSH's client and a POSIX shell there. The connection lasts as long as the engine: what the engine
/// needs goes through its standard input, what it writes comes back, and it ends when the connection does. Hosts take turns.
/// </summary>
internal sealed class SshLauncher(SshOptions options) : IEngineLauncher
{
    const string PidMark = "actor-parallel-pid ";
    int _next = -1;

    public string Name => "ssh";

    public async Task<ILaunchedEngine> StartAsync(EngineLaunch launch, CancellationToken cancellationToken)
    {
        var host = options.Hosts[(int)((uint)Interlocked.Increment(ref _next) % (uint)options.Hosts.Count)];
        var tail = new OutputTail(launch.LogFile);
        var pid = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] engine = [options.Dotnet, options.Engine, .. EngineLaunch.InputArguments];

        // The outer shell tells of a signal by its own exit code: OpenSSH's client would make it 255, as when the connection fails.
        var remote = $"sh -c {ShellText.Quote($"echo {PidMark}$$ && exec {ShellText.Command(launch.Environment, engine)}")}; exit $?";
        Tool ssh;
        try
        {
            ssh = Tool.Start(options.Command(host, remote), OnLine, tail.Add);
        }
        catch
        {
            tail.Dispose();
            throw;
        }

        try
        {
            _ = await Task.WhenAny(pid.Task, ssh.Exited).WaitAsync(options.ConnectTimeout, cancellationToken).ConfigureAwait(false);
            if (!pid.Task.IsCompleted)
            {
                throw new EngineLaunchException(Told(host, await ssh.Exited.ConfigureAwait(false), tail));
            }

            var started = new SshEngine(options, host, await pid.Task.ConfigureAwait(false), ssh, tail);
            await WriteAsync(ssh, launch, cancellationToken).ConfigureAwait(false);
            return started;
        }
        catch (Exception e)
        {
            ssh.Kill();
            ssh.Dispose();
            tail.Dispose();
            if (e is TimeoutException)
            {
                throw new EngineLaunchException($"{host} did not let an engine start within {options.ConnectTimeout.TotalSeconds:0.###} s: try '{options.Ssh} {host}' by hand.", e);
            }

            throw;
        }

        void OnLine(string line)
        {
            if (!pid.Task.IsCompleted && line.StartsWith(PidMark, StringComparison.Ordinal)
                && int.TryParse(line.AsSpan(PidMark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                pid.TrySetResult(id);
            }
            else
            {
                tail.Add(line);
            }
        }
    }

    static async Task WriteAsync(Tool ssh, EngineLaunch launch, CancellationToken cancellationToken)
    {
        try
        {
            await ssh.Input.WriteAsync(launch.StandardInput, cancellationToken).ConfigureAwait(false);
            await ssh.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has ended already, and its exit says why.
        }
    }

    /// <summary>OpenSSH ends with 255 when it was the connection that failed, with the remote command's code otherwise.</summary>
    internal static string Told(string host, Processes.ChildExit exit, OutputTail tail) => exit.Code == 255
        ? $"SSH to {host} failed{Tool.LastWords(tail.Lines)}; it must work without a question (BatchMode), with the host in known_hosts and a key that needs no passphrase or is in the agent"
        : $"The engine on {host} ended with {exit with { PeakBytes = null }}{Tool.LastWords(tail.Lines)}";
}
