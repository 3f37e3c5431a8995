using ActorParallel.Controllers;
using ActorParallel.Transport;
using System.Buffers.Binary;

namespace ActorParallel.TestKit;

/// <summary>What is known of each task from the messages that arrived. Thread-safe.</summary>
internal sealed class TaskStories
{
    readonly Lock _gate = new();
    readonly SortedDictionary<long, Story> _stories = [];
    readonly Dictionary<(ClusterHost Client, int Controller), long> _batches = [];
    readonly Dictionary<ClusterHost, int> _numbers = [];

    public IReadOnlyList<InProcessTask> All
    {
        get
        {
            lock (_gate)
                return [.. _stories.Select(static s => s.Value.Show(s.Key))];
        }
    }

    public void Connected(ClusterHost client, int number)
    {
        lock (_gate) _numbers[client] = number;
    }

    public void Submitted(ClusterHost? client, long sequence)
    {
        lock (_gate)
            if (Find(client, sequence) is { } id) _stories.TryAdd(id, new Story());
    }

    public void Assigned(int engineId, long taskId, int attempt, int controller)
    {
        lock (_gate)
            if (_stories.TryGetValue(taskId, out var story) && story.Attempts.Add((controller, attempt))) story.Engines.Add(engineId);
    }

    /// <summary>Of a batch from a controller to a client.</summary>
    public void Told(ClusterHost client, int controller, LinkBatch batch, List<BatchEntry> entries)
    {
        var number = BinaryPrimitives.ReadInt64LittleEndian(batch.Bytes);
        lock (_gate)
        {
            // What is sent again, or came before one that is missing, the link leaves out.
            if (number != _batches.GetValueOrDefault((client, controller)) + 1)
                return;
            _batches[(client, controller)] = number;
            foreach (var entry in entries)
            {
                if (entry.End is not { } end || Find(client, entry.Task) is not { } id || !_stories.TryGetValue(id, out var story))
                    continue;
                // Another controller may tell again what its client knows already, and leaves out.
                if (story.ToldBy.Add(controller) && story.State is not null)
                    continue;
                story.Ends++;
                story.State ??= end;
            }
        }
    }

    /// <summary>The engine that had the task last, or -1.</summary>
    public int EngineOf(ClusterHost client, long sequence)
    {
        lock (_gate)
            return Find(client, sequence) is { } id && _stories.TryGetValue(id, out var story) && story.Engines.Count > 0 ? story.Engines[^1] : -1;
    }

    long? Find(ClusterHost? client, long sequence) =>
        client is not null && _numbers.TryGetValue(client, out var number) ? TaskIds.Of(number, sequence) : null;

    sealed class Story
    {
        public readonly HashSet<(int Controller, int Attempt)> Attempts = [];
        public readonly List<int> Engines = [];
        public readonly HashSet<int> ToldBy = [];
        public int Ends;
        public TaskState? State;

        public InProcessTask Show(long id) => new(TaskIds.Name(id, ""), Attempts.Count, new ValueList<int>(Engines), Ends, State);
    }
}
