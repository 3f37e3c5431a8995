using ActorParallel.Processes;

namespace ActorParallel.Launching;

/// <summary>Engines as processes of this machine, started from this program's own files. They end with this process, whatever ends it.</summary>
/// <param name="role">Which part the engine's program plays.</param>
internal sealed class LocalLauncher(string role = ClusterEngineHandOver.Role) : IEngineLauncher
{
    public string Name => "local";

    public async Task<ILaunchedEngine> StartAsync(EngineLaunch launch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OutputTail? tail = null;
        ChildProcess child;
        try
        {
            tail = new OutputTail(launch.LogFile);
            child = ChildProcess.Start(new ChildStart
            {
                Role = role,
                HandOver = launch.HandOver,
                OnOutput = tail.Add,
                OnError = tail.Add,
                Environment = launch.Environment.ToDictionary(pair => pair.Key, string? (pair) => pair.Value),
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            tail?.Dispose();
            throw new EngineLaunchException($"The engine can't start: {e.Message}", e);
        }

        try
        {
            // Its end is told by Exited, whether or not it has read all of this.
            await child.HandedOver.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireTree: true);
            tail.Dispose();
            throw;
        }

        return new Engine(child, tail);
    }

    sealed class Engine : ILaunchedEngine
    {
        static readonly TimeSpan AfterKill = TimeSpan.FromSeconds(2);
        readonly ChildProcess _child;
        readonly OutputTail _tail;

        public Engine(ChildProcess child, OutputTail tail)
        {
            (_child, _tail) = (child, tail);
            Exited = EndAsync();
        }

        public string Where => "this machine";

        public int? ProcessId => _child.Pid;

        public Task<EngineExit> Exited { get; }

        public IReadOnlyList<string> LastOutput => _tail.Lines;

        public Task SignalAsync(int signal, CancellationToken cancellationToken)
        {
            _child.Signal(signal);
            return Task.CompletedTask;
        }

        public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
        {
            _child.Terminate();
            await Ended.Within(Exited, grace, cancellationToken).ConfigureAwait(false);
            if (!Exited.IsCompleted)
            {
                _child.Kill(entireTree: true);
                await Ended.Within(Exited, AfterKill, CancellationToken.None).ConfigureAwait(false);
            }

            await _child.DisposeAsync().ConfigureAwait(false);
            if (!Exited.IsCompleted)
            {
                throw new EngineLaunchException($"The engine's process {_child.Pid} was killed and has not ended: the operating system holds it in a call.");
            }
        }

        // Its last words are there when its end is told.
        async Task<EngineExit> EndAsync()
        {
            var exit = await _child.Exited.ConfigureAwait(false);
            await _child.OutputEnded.ConfigureAwait(false);
            await _child.DisposeAsync().ConfigureAwait(false);
            _tail.Dispose();
            return Ended.From(exit);
        }
    }
}
