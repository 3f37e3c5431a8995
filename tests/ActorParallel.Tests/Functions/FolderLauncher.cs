using System.Diagnostics;

namespace ActorParallel.Tests.Functions;

/// <summary>Engines from the files of ActorParallel.Engine alone: they have nothing of this program.</summary>
sealed class FolderLauncher : IEngineLauncher
{
    // artifacts/bin/ActorParallel.Tests/debug
    static readonly string s_engine = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "ActorParallel.Engine", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "ActorParallel.Engine.dll"));

    public string Name => "folder";

    public async Task<ILaunchedEngine> StartAsync(EngineLaunch launch, CancellationToken cancellationToken)
    {
        Assert.True(File.Exists(s_engine), s_engine);
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(s_engine)!, "ActorParallel.Tests.dll")));
        var start = new ProcessStartInfo("dotnet", [s_engine, .. EngineLaunch.InputArguments]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var engine = new Engine(process);
        await process.StandardInput.BaseStream.WriteAsync(launch.StandardInput, cancellationToken);
        await process.StandardInput.BaseStream.FlushAsync(cancellationToken);
        return engine;
    }

    sealed class Engine : ILaunchedEngine
    {
        readonly Process _process;
        readonly List<string> _lines = [];

        public Engine(Process process)
        {
            _process = process;
            process.OutputDataReceived += (_, e) => Add(e.Data);
            process.ErrorDataReceived += (_, e) => Add(e.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            Exited = EndAsync();
        }

        public string Where => "this machine";

        public int? ProcessId => _process.Id;

        public Task<EngineExit> Exited { get; }

        public IReadOnlyList<string> LastOutput
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        void Add(string? line)
        {
            if (line is null) return;
            lock (_lines) _lines.Add(line);
        }

        public Task SignalAsync(int signal, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await Exited;
        }

        async Task<EngineExit> EndAsync()
        {
            await _process.WaitForExitAsync();
            return new EngineExit(_process.ExitCode, null, null, $"exit code {_process.ExitCode}: {string.Join(" | ", LastOutput)}");
        }
    }
}
