using System.Diagnostics;
using ActorParallel;
using Examples;

const string Usage = """
    WaveEquation: a drop falls into a square pond: the 2-D wave equation, its rows cut over the engines.

    dotnet run --project examples/WaveEquation -- [--size N] [--steps N] [--engines N | --profile NAME]

      --size N         points along each side (default: 400)
      --steps N        steps of time (default: 300)
      --engines N      start a cluster of N engines (default: 4)
      --profile NAME   use the cluster that runs in this profile

    The same is computed in this process alone; the exit code is 1 when the two differ.
    """;

return await Example.RunAsync(args, Usage, ["size=", "steps=", "engines=", "profile="], async (arguments, cancel) =>
{
    var size = arguments.Number("size", 400, 8, 20_000);
    var steps = arguments.Number("steps", 300, 0, 1_000_000);
    await using var session = await arguments.ClusterAsync(4, cancel);
    var client = session.Client;
    int[] ids = [.. client.Ids.Take(size)];

    // One call an engine, for all steps: in each, neighbours send one another their outer rows. The strips stay in the engines' namespaces.
    var start = Stopwatch.GetTimestamp();
    var call = $"edge {Guid.NewGuid():N}";
    await AsyncResult.WhenAll(
        ids.Select((id, k) => client[id].ApplyAsync(
            Pond.RunAsync,
            new Part(
                new Strip(size, (int)((long)size * k / ids.Length), (int)((long)size * (k + 1) / ids.Length)), steps,
                k > 0 ? ids[k - 1] : null, k + 1 < ids.Length ? ids[k + 1] : null, call),
            cancel)),
        cancel);
    double[] together = await client.DirectView(ids).GatherAsync<double>("rows", cancellationToken: cancel);
    var cluster = Stopwatch.GetElapsedTime(start);

    start = Stopwatch.GetTimestamp();
    var whole = new Pond(new Strip(size, 0, size));
    for (var step = 0; step < steps; step++)
    {
        cancel.ThrowIfCancellationRequested();
        whole.Step(null, null);
    }
    var alone = Stopwatch.GetElapsedTime(start);

    Picture.Show(together, size);
    var difference = together.Zip(whole.Rows, (a, b) => Math.Abs(a - b)).Max();
    Console.WriteLine($"{size} x {size} points, {steps} steps: {cluster.TotalSeconds:0.00} s on {ids.Length} engines ({cluster.TotalMilliseconds / Math.Max(1, steps):0.00} ms a step), {alone.TotalSeconds:0.00} s in one process");
    Console.WriteLine($"the greatest difference between the two is {difference}");
    if (difference == 0 && together.Length == size * size) return 0;
    Console.Error.WriteLine("The engines' solution is not the one process's: an edge must have been lost.");
    return 1;
});
