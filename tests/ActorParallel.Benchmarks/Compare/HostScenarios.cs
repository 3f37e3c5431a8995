using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Benchmarks.Compare;

/// <summary>A pool as a service has it, against one as a program makes it; and what it costs to listen.</summary>
internal sealed class HostScenarios : IScenarios
{
    const string Bare = "bare pool", InHost = "pool in a host", TaskRun = "Task.Run + WhenAll";

    static readonly Func<int> One = () => 1;
    static readonly Func<int, int> Square = x => x * x;

    readonly IHost _host;
    readonly IParallelExecutor _hosted;
    readonly ParallelPool _bare;
    readonly Sizes _sizes;

    public HostScenarios(int workers, Sizes sizes)
    {
        _sizes = sizes;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddActorParallel(options => options.Pool = new ParallelPoolOptions { Workers = workers });
        builder.Services.AddHealthChecks().AddActorParallel();
        _host = builder.Build();
        _host.Start();
        _hosted = _host.Services.GetRequiredService<IParallelExecutor>();
        _bare = new ParallelPool(workers);
    }

    public IEnumerable<Scenario> All() => [TinyTasks(), Maps()];

    public void Dispose()
    {
        _bare.Dispose();
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }

    Scenario TinyTasks()
    {
        Contender Way(string name, Func<int> run) => new(name, () =>
        {
            var tasks = 0;
            var took = Measure.Time(() => tasks = run());
            if (tasks != _sizes.Tiny) throw new InvalidOperationException($"{name} ran {tasks} of {_sizes.Tiny} tasks.");
            return [took.TotalNanoseconds / tasks];
        });
        int Apply(IParallelExecutor executor)
        {
            var all = new AsyncResult<int>[_sizes.Tiny];
            for (var i = 0; i < all.Length; i++) all[i] = executor.ApplyAsync(One);
            return AsyncResult.WhenAll(all).GetAwaiter().GetResult().Length;
        }
        return new Scenario(
            $"hosting: {_sizes.Tiny:#,0} tiny ApplyAsync + WhenAll, nobody listens", [new Metric("ns/task", Target.AtMostOf(Bare, 1.05), Target.AtMostOf(TaskRun, 1.00))],
            Way(InHost, () => Apply(_hosted)),
            Way(Bare, () => Apply(_bare)),
            Way(TaskRun, () =>
            {
                var all = new Task<int>[_sizes.Tiny];
                for (var i = 0; i < all.Length; i++) all[i] = Task.Run(One);
                return Task.WhenAll(all).GetAwaiter().GetResult().Length;
            }),
            Way("bare pool, metrics listened to", () =>
            {
                using var listener = new MeterListener { InstrumentPublished = static (i, l) => { if (i.Meter.Name == ParallelTelemetry.MeterName) l.EnableMeasurementEvents(i); } };
                listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
                listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
                listener.Start();
                return Apply(_bare);
            }),
            Way("bare pool, all spans recorded", () =>
            {
                using var listener = new ActivityListener
                {
                    ShouldListenTo = static source => source.Name == ParallelTelemetry.ActivitySourceName,
                    Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                };
                ActivitySource.AddActivityListener(listener);
                return Apply(_bare);
            }));
    }

    Scenario Maps()
    {
        var items = Enumerable.Range(0, _sizes.Squares).ToArray();
        Contender Way(string name, IParallelExecutor executor) => new(name, () =>
        {
            int[] values = [];
            var took = Measure.Time(() => values = executor.Map(Square, items));
            if (values.Length != items.Length || values[^1] != Square(items[^1])) throw new InvalidOperationException($"{name} gave something else.");
            return [took.TotalNanoseconds / items.Length];
        });
        return new Scenario($"hosting: Map, x*x over {items.Length:#,0} ints", [new Metric("ns/item", Target.AtMostOf(Bare, 1.05))], Way(InHost, _hosted), Way(Bare, _bare));
    }
}
