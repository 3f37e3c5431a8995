using ActorParallel.Controllers;
using ActorParallel.Payloads;

namespace ActorParallel.Clients;

/// <summary>A question to the controller, until it is answered.</summary>
internal abstract class PendingRequest(long number, ClientRequest kind, Action<PayloadWriter> write)
{
    public long Number => number;

    public ClientRequest Kind => kind;

    public void Write(PayloadWriter writer) => write(writer);

    /// <summary>The answer's own bytes.</summary>
    public abstract void Answer(ref PayloadReader reader);

    public abstract void Fail(Exception error);
}

/// <summary>Reads an answer.</summary>
internal delegate T ReadAnswer<out T>(ref PayloadReader reader);

/// <summary>A question with a short answer.</summary>
internal sealed class PendingRequest<T>(long number, ClientRequest kind, Action<PayloadWriter> write, ReadAnswer<T> read)
    : PendingRequest(number, kind, write)
{
    readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Task => _answer.Task;

    public override void Answer(ref PayloadReader reader)
    {
        try
        {
            _answer.TrySetResult(read(ref reader));
        }
        catch (InvalidDataException e)
        {
            _answer.TrySetException(e);
        }
    }

    public override void Fail(Exception error) => _answer.TrySetException(error);
}

/// <summary>A question for the result of a task that another call made.</summary>
internal sealed class ResultRequest(long number, ClientRequest kind, Action<PayloadWriter> write, Engines.ITaskItem item)
    : PendingRequest(number, kind, write)
{
    public Engines.ITaskItem Item => item;

    public override void Answer(ref PayloadReader reader)
    {
    }

    public override void Fail(Exception error) => item.Result.TryEnd(TaskState.Failed, error);
}
