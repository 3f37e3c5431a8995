using ActorParallel;

namespace Examples;

/// <summary>What the cluster is doing and what it did.</summary>
static class Looking
{
    public static async Task RunAsync(ParallelClient client, CancellationToken cancel)
    {
        Show.Section("Queues, results by id, resubmitting");
        AsyncResult<int> report = client.LoadBalancedView().With(label: "report").ApplyAsync(() => 6 * 7, cancel);
        Show.Value(await report);
        QueueStatus queues = await client.QueueStatusAsync(cancel);     // rc.queue_status()
        foreach (var (id, queue) in queues.Engines) Show.Line($"queues.Engines[{id}]", $"{queue.Running} running, {queue.Queued} queued, {queue.Finished} finished");

        // Another program that knows the id can ask for the result, too.
        Show.Value(await client.GetResult<int>(report.Id));             // rc.get_result(ar.msg_ids)
        Show.Value(await client.Resubmit<int>(report.Id));              // rc.resubmit(ar.msg_ids)
        Show.Line("await client.ExplainAsync(report.Id)", (await client.ExplainAsync(report.Id, cancel)).ReplaceLineEndings(" "));

        // rc.db_query({'label': 'slow'}, keys=['engine_uuid', 'completed']): here with LINQ, and the same under every operator
        int slow = await client.History.Where(t => t.Label == "slow" && t.State == TaskState.Succeeded).CountAsync(cancel);
        Show.Line("client.History.Where(t => t.Label == \"slow\" && …).CountAsync()", $"{slow}");
    }
}
