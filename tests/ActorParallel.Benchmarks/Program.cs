using ActorParallel.Benchmarks;
using ActorParallel.Benchmarks.Compare;
using ActorParallel.Benchmarks.Micro;
using ActorParallel.Benchmarks.Soak;

const string Usage = """
    compare [--quick] [--only threads|processes|clusters|simulation] [--workers n] [--rounds n] [--filter text] [--json file]
            whole scenarios, ours and its peers by turns in one run; prints a table
    micro   [BenchmarkDotNet's arguments]
            the parts: payloads, functions, results, queues, the scheduler
    soak    [--seconds n] [--seed n] [--only threads|processes] [--workers n]
            random load, random child processes killed; every result must arrive exactly once
    soak    --cluster [--seconds n] [--seed n] [--engines n]
            the same on a cluster, whose engines and controller are killed
    soak    --failover [--kills n] [--seed n] [--engines n]
            two controllers of a cluster of many machines, with the shipped config/: the active one is killed again and again
    soak    --nodes n
            how long a cluster of so many members takes to form, in one process
    """;

try
{
    return args switch
    {
        ["compare", .. var rest] => CompareCommand.Run(rest),
        ["micro", .. var rest] => MicroCommand.Run(rest),
        ["soak", .. var rest] => SoakCommand.Run(rest),
        _ => Refuse(Usage),
    };
}
catch (UsageException e)
{
    return Refuse($"{e.Message}\n\n{Usage}");
}

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
