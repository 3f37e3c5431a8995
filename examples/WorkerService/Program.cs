using ActorParallel;
using Examples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

const string Usage = """
    WorkerService: a service that compresses the files of a folder. Told to stop (SIGTERM, Ctrl-C) it takes no more and finishes what it has begun.

    dotnet run --project examples/WorkerService -- [IN] [OUT] [options]

      IN               the folder that files come to (default: in)
      OUT              the folder that they go to, compressed (default: out)
      --run-on PLACE   threads (default), processes or cluster
      --drain N        the longest it takes to stop, in seconds (default: 60)
      --self-test      make some files, stop in the midst of them, and check that none is lost
      --files N        how many files (default: 100)

    Under systemd, KillMode=mixed leaves the stopping of its processes to the service.
    """;

return await Example.RunAsync(args, Usage, ["IN", "OUT", "run-on=", "drain=", "self-test", "files="], async (arguments, cancel) =>
{
    var (test, files) = (arguments.Has("self-test"), arguments.Number("files", 100, 1, 100_000));
    var place = Place(arguments.Has("run-on") ? arguments.Text("run-on", "") : null);
    using var temporary = test ? SelfTest.Make(files) : null;
    var folders = temporary?.Folders ?? new Folders(Path.GetFullPath(arguments.First ?? "in"), Path.GetFullPath(arguments.Second ?? "out"));
    Directory.CreateDirectory(folders.In);
    Directory.CreateDirectory(folders.Out);

    var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
    builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(arguments.Number("drain", 60, 1, 86_400)));
    builder.Services.AddActorParallel(options =>
    {
        if (place is not null) options.RunOn = place;
    });
    builder.Services.AddSingleton(folders).AddSingleton<Compressor>().AddHostedService(services => services.GetRequiredService<Compressor>());
    if (test) builder.Logging.SetMinimumLevel(LogLevel.Warning);

    using var host = builder.Build();
    if (temporary is not null) return await temporary.RunAsync(host, cancel);
    await host.RunAsync(cancel);
    return 0;
});

static ParallelPlace? Place(string? text) => text is null
    ? null
    : Enum.TryParse<ParallelPlace>(text, ignoreCase: true, out var place) && Enum.IsDefined(place)
    ? place
    : throw new UsageException($"--run-on takes threads, processes or cluster, not {text}.");
