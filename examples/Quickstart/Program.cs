using Examples;

const string Usage = """
    Quickstart: the programs that multiprocessing users know, one after the other, each with what it prints.

    dotnet run --project examples/Quickstart -- [--threads N] [--processes N] [--limit N]

      --threads N     how many threads the pool of threads has (default: one a core)
      --processes N   how many processes the pool of processes has (default: 4)
      --limit N       the last section counts the primes below N (default: 4,000,000)
    """;

return await Example.RunAsync(args, Usage, ["threads=", "processes=", "limit="], async (arguments, cancel) =>
{
    var limit = arguments.Number("limit", 4_000_000, 1000, 100_000_000);

    ProcessPrograms.Run();
    await PoolPrograms.RunAsync(arguments.Threads, arguments.Processes ?? 4, cancel);
    await StreamPrograms.RunAsync(arguments.Threads, cancel);
    FailurePrograms.Run(arguments.Threads);
    ShippingPrograms.Run();
    await SpeedPrograms.RunAsync(arguments.Threads, arguments.Processes ?? 4, limit, cancel);
    return 0;
});
