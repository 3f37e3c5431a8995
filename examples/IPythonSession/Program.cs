using ActorParallel;
using Examples;

const string Usage = """
    IPythonSession: an IPython Parallel session, line by line: what each line is in C#, and what it gives.

    dotnet run --project examples/IPythonSession -- [--engines N | --profile NAME]

      --engines N      start a cluster of N engines for the session (default: 4)
      --profile NAME   use the cluster that runs in this profile, as started with 'apcluster start --profile NAME'
    """;

return await Example.RunAsync(args, Usage, ["engines=", "profile="], async (arguments, cancel) =>
{
    // $ ipcluster start -n 4              await using var cluster = await ParallelCluster.StartAsync(engines: 4);
    // rc = ipp.Client()                   await using var client = await cluster.ConnectAsync();
    // rc.wait_for_engines(4)              await client.WaitForEnginesAsync(4);
    await using var session = await arguments.ClusterAsync(4, cancel);
    ParallelClient client = session.Client;

    Show.Section("A cluster and a client");
    Show.Value(client.Ids);                                             // rc.ids
    Show.Value(client.Ids.Count);                                       // len(rc)

    DirectViews.Run(client);
    cancel.ThrowIfCancellationRequested();
    await FunctionsOnEngines.RunAsync(client);
    cancel.ThrowIfCancellationRequested();
    await Failures.RunAsync(client);
    cancel.ThrowIfCancellationRequested();
    await LoadBalanced.RunAsync(client, cancel);
    await Looking.RunAsync(client, cancel);
    return 0;
});
