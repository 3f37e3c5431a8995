using ActorParallel.Controllers;
using ActorParallel.Engines;
using ActorParallel.Payloads;
using ActorParallel.Results;
using ActorParallel.Telemetry;
using ActorParallel.Transport;
using Akka.Actor;

namespace ActorParallel.Pools;

/// <summary>Runs tasks on engines in processes of their own, over Akka.Remote. Functions, arguments and values travel; they are written in the caller's thread.</summary>
internal sealed class ProcessExecutor : PoolExecutor
{
    readonly PoolSettings _settings;
    readonly PoolShared _shared;
    readonly ActorSystem _system;
    readonly FunctionTable _functions = new();
    int _workers;
    volatile bool _closed;

    public ProcessExecutor(PoolSettings settings, Akka.Configuration.Config config)
    {
        _settings = settings;
        _workers = settings.Workers;
        var transport = PoolTransport.Resolve(settings.Transport);
        // Both may refuse: before anything is started.
        var initializer = Write(settings.Initializer);
        _ = Processes.ChildProgram.Current;
        var folder = PoolFolder.Create();
        var certificate = transport == PoolTransport.Tls ? EphemeralCertificate.Create("ActorParallel pool") : null;
        _shared = new PoolShared(Name, settings, folder)
        {
            Transport = transport,
            Certificate = certificate is null ? [] : EphemeralCertificate.Export(certificate),
            Initializer = initializer,
        };
        var settled = PoolTransport.Settings(transport, folder.FullPath, transport == PoolTransport.Unix ? 1 : 0)
            .WithFallback(config).WithFallback(OwnActorSystem.Quiet).WithFallback(PoolConfig.Reference);
        _system = PoolTransport.Start(PoolTransport.ControllerSystem, settled, certificate);
        _shared.Port = ((ExtendedActorSystem)_system).Provider.DefaultAddress.Port ?? 1;
        _shared.Controller = _system.ActorOf(Props.Create(() => new PoolControllerActor(_shared)).WithDispatcher(ControllerDispatcher), Name);
        MeasuredExecutors.Add(this);
    }

    public const string ControllerDispatcher = "actor-parallel.controller-dispatcher";

    static byte[] Write(Action? initializer)
    {
        if (initializer is null) return [];
        using var writer = PayloadWriter.Rent();
        writer.Write(initializer);
        return writer.ToArray();
    }

    public override bool IsLocal => false;

    /// <summary>The processes there are now.</summary>
    public ICollection<int> ProcessIds => _shared.ProcessIds.Values;

    public string Folder => _shared.Folder.FullPath;

    public override int Workers => Volatile.Read(ref _workers);

    public override int MaxInFlight => _settings.MaxInFlight;

    public override bool IsClosed => _closed;

    protected override Exception? Fault => _shared.Fault;

    public override void Submit(ITaskItem item)
    {
        if (_closed || _shared.Fault is not null) ThrowIfClosed();
        SubmitPart(item);
    }

    public override void SubmitPart(ITaskItem item)
    {
        var function = _functions.Find(item.Function, item.Shape);
        using var writer = PayloadWriter.Rent();
        function.Definition.WriteCaptures(writer, item.Function);
        item.WriteArgument(writer);
        if (item.Result.IsObserved)
        {
            Instruments.Sent.Add(writer.Length, s_place);
            TaskTrace.Submit(item.Result);
        }
        PoolTask entry;
        if (writer.Length <= _settings.InlineLimit)
        {
            entry = new PoolTask(item, function, writer.Length == 0 ? [] : writer.ToArray(), null, 0);
        }
        else
        {
            var segment = _shared.Store.Rent(writer.Length);
            writer.CopyTo(segment.Span(0, (int)writer.Length));
            entry = new PoolTask(item, function, [], segment, (int)writer.Length);
        }
        _shared.Submissions.Enqueue(entry, item.Result.SubmittedAt);
    }

    // All maps travel in chunks.
    public override AsyncMapResult<TResult>? TryMap<T, TResult>(TaskOptions options, Func<T, TResult> function, ReadOnlyMemory<T> items, bool discard) => null;

    public override void Hold() => _shared.Hold();

    public override void Release() => _shared.Release();

    public override void Resize(int workers)
    {
        Volatile.Write(ref _workers, workers);
        _shared.Controller.Tell(new PoolControllerActor.ResizeRequest(workers));
    }

    static readonly KeyValuePair<string, object?> s_place = TaskTags.Place("processes");

    public override KeyValuePair<string, object?> Place => s_place;

    public override Task<ExecutorLoad> LoadAsync(CancellationToken cancellationToken)
    {
        var request = new LoadRequest();
        _shared.Controller.Tell(request);
        return request.Answer.WaitAsync(cancellationToken);
    }

    public override void Close()
    {
        _closed = true;
        _shared.Controller.Tell(new PoolControllerActor.CloseRequest());
    }

    public override void Terminate()
    {
        _closed = true;
        StopCalls(null);
        _shared.Controller.Tell(new PoolControllerActor.TerminateRequest());
    }

    public override Task JoinAsync(CancellationToken cancellationToken) => _shared.Drained.Task.WaitAsync(cancellationToken);

    public override async Task ShutdownAsync()
    {
        await OwnActorSystem.EndAsync(_system, _settings.DisposeTimeout).ConfigureAwait(false);
        _shared.Store.Dispose();
        _shared.Segments.Dispose();
        _shared.Folder.Dispose();
    }

    public override void Cancel(AsyncResult result)
    {
        if (result is IStoppable stoppable)
        {
            stoppable.Stop();
            return;
        }
        result.Control.RequestCancel();
        _shared.Controller.Tell(new PoolControllerActor.CancelRequest(result.Sequence));
    }

    public override TimeSpan BackoffAfter(int attempt) => _settings.BackoffAfter(attempt);

    // Its tasks run elsewhere: no caller here can be one of them.
    public override bool? WaitInTask(AsyncResult result, TimeSpan timeout) => null;

    public override void LendWhileAwaiting(AsyncResult result)
    {
    }

    public override IDisposable? LendPlace() => null;
}
