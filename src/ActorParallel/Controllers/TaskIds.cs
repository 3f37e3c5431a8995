using System.Globalization;

namespace ActorParallel.Controllers;

/// <summary>
/// A task's number in its controller: its client's number and the client's own count. A client keeps its number when it connects again,
/// also to a controller that was restarted, so that the number of a task never changes. In a pool there is one client, and it is 0.
/// </summary>
internal static class TaskIds
{
    public const int SequenceBits = 40;

    /// <summary>Clients' numbers are below this.</summary>
    public const int Clients = 1 << 22;

    public static long Of(int client, long sequence) => ((long)client << SequenceBits) | sequence;

    public static int Client(long taskId) => (int)(taskId >> SequenceBits);

    public static long Sequence(long taskId) => taskId & ((1L << SequenceBits) - 1);

    /// <summary>The prefix of a client's task ids.</summary>
    public static string ClientName(int client) => client.ToString("x6", CultureInfo.InvariantCulture);

    /// <summary>The id as people have it.</summary>
    public static string Name(long taskId, string poolName) =>
        Client(taskId) == 0 ? $"{poolName}-{taskId}" : $"{ClientName(Client(taskId))}-{Sequence(taskId)}";

    /// <summary>The number of a cluster's task, or null when the text can't be one's id.</summary>
    public static long? Parse(string id)
    {
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        return dash == 6
            && int.TryParse(id.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var client) && client is > 0 and < Clients
            && long.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence is > 0 and < 1L << SequenceBits
            ? Of(client, sequence)
            : null;
    }
}
