using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ActorParallel.Processes;
using ActorParallel.Profiles;
using Akka.Configuration;

namespace ActorParallel.Launching;

/// <summary>The commands of a batch system; see <c>profile.conf</c>.</summary>
internal sealed record CommandOptions
{
    public required IReadOnlyList<string> Start { get; init; }
    public Regex JobId { get; init; } = new(@"(\d+)", RegexOptions.None, MatchTimeout);
    public IReadOnlyList<string> Stop { get; init; } = [];
    public IReadOnlyList<string> Signal { get; init; } = [];
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
    public string Dotnet { get; init; } = "dotnet";

    /// <summary>Empty: this program's own.</summary>
    public string Engine { get; init; } = "";

    static TimeSpan MatchTimeout => TimeSpan.FromSeconds(1);

    /// <exception cref="ConfigurationException">A value can't be used; the message names its key.</exception>
    public static CommandOptions From(Config config)
    {
        var reader = new SettingsReader(config.WithFallback(ProfileConfig.Reference), ProfileConfig.Section + ".command");
        var start = reader.Texts("start");
        return new CommandOptions
        {
            Start = start.Count > 0 && start.Any(word => word.Contains("{command}", StringComparison.Ordinal) || word.Contains("{connection-file}", StringComparison.Ordinal))
                ? start
                : throw reader.Refuse("start", "a command with its arguments, one of which has {command} or {connection-file} in it"),
            JobId = Pattern(reader),
            Stop = reader.Texts("stop"),
            Signal = reader.Texts("signal"),
            Timeout = reader.Time("timeout"),
            Dotnet = reader.Text("dotnet"),
            Engine = reader.Text("engine"),
        };
    }

    static Regex Pattern(SettingsReader reader)
    {
        try
        {
            var pattern = new Regex(reader.Text("job-id"), RegexOptions.None, MatchTimeout);
            return pattern.GetGroupNumbers().Length > 1 ? pattern : throw new ArgumentException("No group.");
        }
        catch (ArgumentException)
        {
            throw reader.Refuse("job-id", "a regular expression with a group, such as (\\d+)");
        }
    }
}

/// <summary>
/// Engines through commands: a batch system's, or anything that starts one elsewhere. What the engine needs lies in a file that only this user
/// can read, on a file system both machines share. From here nothing can be seen of a job: whether it runs shows when it registers,
/// and that it has died when its connection is lost.
/// </summary>
internal sealed class CommandLauncher(CommandOptions options, Profile profile) : IEngineLauncher
{
    public string Name => "command";

    public async Task<ILaunchedEngine> StartAsync(EngineLaunch launch, CancellationToken cancellationToken)
    {
        var file = Path.Combine(profile.BundleFolder, $"{launch.Name}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}.json");
        launch.WriteTo(file);
        try
        {
            var engine = options.Engine.Length > 0 ? options.Engine : ChildProgram.Current.Engine;
            Dictionary<string, string> words = new()
            {
                ["command"] = ShellText.Command(launch.Environment, [options.Dotnet, engine, .. EngineLaunch.FileArguments(file)]),
                ["connection-file"] = file,
                ["id"] = launch.EngineId?.ToString(CultureInfo.InvariantCulture) ?? "any",
                ["log"] = launch.LogFile ?? (OperatingSystem.IsWindows() ? "NUL" : "/dev/null"),
                ["name"] = launch.Name,
            };
            var said = await Tool.RunAsync(Fill(options.Start, words), options.Timeout, cancellationToken).ConfigureAwait(false);
            return options.JobId.Match(said) is { Success: true, Groups: [_, { Success: true } job, ..] }
                ? new Job(options, job.Value, file)
                : throw new EngineLaunchException($"'{options.Start[0]}' named no job: job-id ({options.JobId}) is not in what it wrote{Tool.LastWords(said.Split('\n'))}; an engine may have been started.");
        }
        catch
        {
            File.Delete(file);
            throw;
        }
    }

    /// <summary>One pass: what a value brings is not looked at again.</summary>
    static IReadOnlyList<string> Fill(IReadOnlyList<string> template, Dictionary<string, string> words) =>
        [.. template.Select(word => Regex.Replace(word, @"\{([a-z-]+)\}", match => words.TryGetValue(match.Groups[1].Value, out var value) ? value : match.Value))];

    sealed class Job(CommandOptions options, string job, string file) : ILaunchedEngine
    {
        readonly TaskCompletionSource<EngineExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Where => $"job {job}";

        public int? ProcessId => null;

        public Task<EngineExit> Exited => _exited.Task;

        public IReadOnlyList<string> LastOutput => [];

        public Task SignalAsync(int signal, CancellationToken cancellationToken) => options.Signal.Count == 0
            ? throw new NotSupportedException($"Engines that commands start can't be signalled: set {ProfileConfig.Section}.command.signal.")
            : RunAsync(options.Signal, signal, cancellationToken);

        // The batch system has its own grace period.
        public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
        {
            if (_exited.Task.IsCompleted)
            {
                return;
            }

            if (options.Stop.Count > 0)
            {
                await RunAsync(options.Stop, Libc.SigTerm, cancellationToken).ConfigureAwait(false);
            }

            File.Delete(file);
            _exited.TrySetResult(new EngineExit(null, null, null, $"job {job} was stopped"));
        }

        Task<string> RunAsync(IReadOnlyList<string> template, int signal, CancellationToken cancellationToken) => Tool.RunAsync(
            Fill(template, new Dictionary<string, string> { ["job"] = job, ["signal"] = signal.ToString(CultureInfo.InvariantCulture) }), options.Timeout, cancellationToken);
    }
}
