using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ActorParallel.Hosting.Tests;

/// <summary>A host as a program builds one, with its configuration in memory and its log in a list.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    TestHost(IHost host, LogList log) => (Host, Log) = (host, log);

    public IHost Host { get; }

    public LogList Log { get; }

    public IServiceProvider Services => Host.Services;

    public IParallelExecutor Executor => Services.GetRequiredService<IParallelExecutor>();

    public static TestHost Build(Action<IServiceCollection> services, params (string Key, string? Value)[] configuration)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(configuration.ToDictionary(c => c.Key, c => c.Value));
        var log = new LogList();
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        services(builder.Services);
        return new TestHost(builder.Build(), log);
    }

    public static async Task<TestHost> StartAsync(Action<IServiceCollection> services, params (string Key, string? Value)[] configuration)
    {
        var host = Build(services, configuration);
        try
        {
            await host.Host.StartAsync(TestContext.Current.CancellationToken).WaitAsync(Soon.Patience);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
        return host;
    }

    public Task<HealthReport> HealthAsync(string? tag = null) =>
        Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(c => tag is null || c.Tags.Contains(tag), TestContext.Current.CancellationToken);

    public async Task StopAsync(TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Soon.Patience);
        await Host.StopAsync(limit.Token).WaitAsync(Soon.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }
}

/// <summary>What was logged.</summary>
internal sealed class LogList : ILoggerProvider, ILogger
{
    readonly ConcurrentQueue<(EventId Id, LogLevel Level, string Text)> _entries = new();

    public IEnumerable<(EventId Id, LogLevel Level, string Text)> Entries => _entries;

    public bool Has(string eventName) => _entries.Any(e => e.Id.Name == eventName);

    public string Of(string eventName) => _entries.First(e => e.Id.Name == eventName).Text;

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Enqueue((eventId, logLevel, formatter(state, exception)));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}

internal static class Soon
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task Until(Func<bool> condition, string what) => Until(() => Task.FromResult(condition()), what);

    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!await condition())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"After {Patience.TotalSeconds:0} s still not: {what}.");
            await Task.Delay(10, CancellationToken.None);
        }
    }
}
