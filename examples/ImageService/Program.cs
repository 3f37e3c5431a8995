using ActorParallel;
using Examples;

const string Usage = """
    ImageService: a web API that makes thumbnails. Its configuration alone says whether on a pool of its own or on a cluster.

    dotnet run --project examples/ImageService -- [options]
    curl --data-binary @photo.jpg "http://localhost:5080/thumbnail?width=200" -o thumbnail.png
    curl http://localhost:5080/health

      --urls URL         where it listens (default: http://localhost:5080)
      --run-on PLACE     threads (default), processes or cluster: as ActorParallel:RunOn in appsettings.json or the environment
      --profile NAME     the profile of the cluster (default: default)
      --self-test        send it some pictures, check what comes back, and end
      --requests N       how many pictures (default: 24)
    """;

return await Example.RunAsync(args, Usage, ["urls=", "run-on=", "profile=", "self-test", "requests="], async (arguments, cancel) =>
{
    var (test, requests) = (arguments.Has("self-test"), arguments.Number("requests", 24, 1, 10_000));
    var place = Place(arguments.Has("run-on") ? arguments.Text("run-on", "") : null);
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
    builder.WebHost.UseUrls(arguments.Text("urls", test ? "http://127.0.0.1:0" : "http://localhost:5080"));
    if (test) builder.Logging.ClearProviders();

    builder.Services.AddActorParallel(options =>
    {
        // The command line above all other configuration.
        if (place is not null) options.RunOn = place;
        if (arguments.Has("profile")) options.Profile = arguments.Text("profile", "");
    });
    builder.Services.AddHealthChecks().AddActorParallel();

    await using var app = builder.Build();
    app.MapHealthChecks("/health");
    app.MapPost("/thumbnail", MakeAsync);

    if (test) return await SelfTest.RunAsync(app, requests, cancel);
    await app.RunAsync(cancel);
    return 0;
});

static async Task<IResult> MakeAsync(HttpRequest request, IParallelExecutor executor, int width = 200)
{
    if (width is < 1 or > 4096) return Results.BadRequest($"width is from 1 to 4096, not {width}.");
    var gone = request.HttpContext.RequestAborted;
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body, gone);
    try
    {
        // On threads, in processes or on a cluster: the call is the same, and so are the exceptions that come back.
        var thumbnail = await executor.With(timeout: TimeSpan.FromSeconds(10), label: "thumbnail").ApplyAsync(Thumbnail.Make, new Picture(body.ToArray(), width), gone);
        return Results.Bytes(thumbnail, "image/png");
    }
    catch (InvalidDataException e)
    {
        return Results.BadRequest(e.Message);
    }
    catch (Exception e) when (e is TimeoutException or ClusterConnectionException)
    {
        return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

static ParallelPlace? Place(string? text) => text is null
    ? null
    : Enum.TryParse<ParallelPlace>(text, ignoreCase: true, out var place) && Enum.IsDefined(place)
    ? place
    : throw new UsageException($"--run-on takes threads, processes or cluster, not {text}.");
