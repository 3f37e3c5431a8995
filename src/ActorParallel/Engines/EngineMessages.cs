using ActorParallel.Payloads;

namespace ActorParallel;

/// <summary>
/// Messages between the engines of a cluster, for calls that run on several engines together and exchange what is on their edges:
/// <see cref="TaskContext.Engines"/>. They go through the controller, in order between two engines, and wait in the receiving engine's memory
/// until they are received. Thread-safe.
/// </summary>
/// <example>
/// <code>
/// var engines = TaskContext.Current!.Engines;
/// engines.Send(right, "edge", row);
/// double[] edge = await engines.ReceiveAsync&lt;double[]&gt;(left, "edge");
/// </code>
/// </example>
public sealed class EngineMessages
{
    readonly Engines.EngineMailbox _mailbox;
    readonly CancellationToken _task;

    internal EngineMessages(Engines.EngineMailbox mailbox, CancellationToken task) => (_mailbox, _task) = (mailbox, task);

    /// <summary>The engines that are there, this one included, by id.</summary>
    public IReadOnlyList<int> Ids => _mailbox.Peers;

    /// <summary>Sends a value to an engine; returns at once.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="engineId">The engine.</param>
    /// <param name="name">What the receiver asks for. Messages of a call that failed may still lie there: give each call names of its own.</param>
    /// <param name="value">The value; written before this returns.</param>
    /// <exception cref="EngineLostException">There is no such engine.</exception>
    /// <exception cref="ShippingException">The value can't travel.</exception>
    public void Send<T>(int engineId, string name, T value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var writer = PayloadWriter.Rent();
        writer.Write(value);
        _mailbox.Send(engineId, name, writer.ToArray());
    }

    /// <summary>Waits for the next value that an engine sends under a name.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="engineId">The engine that sends it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait, as the task's own token does.</param>
    /// <returns>The value.</returns>
    /// <exception cref="EngineLostException">There is no such engine, or it is lost while this waits.</exception>
    /// <exception cref="OperationCanceledException">The task was cancelled, or its time is over.</exception>
    /// <exception cref="ShippingException">What came is not of that type.</exception>
    public async Task<T> ReceiveAsync<T>(int engineId, string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_task, cancellationToken);
        var bytes = await _mailbox.ReceiveAsync(engineId, name, either.Token).ConfigureAwait(false);
        return Read<T>(bytes);
    }

    static T Read<T>(byte[] bytes)
    {
        var reader = new PayloadReader(bytes);
        return reader.Read<T>();
    }
}
