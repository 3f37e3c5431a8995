using System.Collections.Concurrent;
using ActorParallel.Controllers;
using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Engines;

/// <summary>The clients' programs that an engine has, and its way to ask clients for what it lacks. Programs come and go on the actor's turn; questions on any thread.</summary>
/// <param name="sets">Where their assemblies are loaded.</param>
/// <param name="tell">Sends the controller something.</param>
internal sealed class EngineCode(CodeSets sets, Action<Action<PayloadWriter>> tell)
{
    /// <summary>A client that says nothing for so long is not waited for.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    readonly Dictionary<(int Client, Guid Program), EngineCodeProgram> _programs = [];
    readonly ConcurrentDictionary<long, (TaskCompletionSource<byte[]> Answer, Action<PayloadWriter> Write)> _asked = new();
    long _questions;

    /// <summary>The program of a client's function.</summary>
    public EngineCodeProgram Open(int client, Guid program)
    {
        if (!_programs.TryGetValue((client, program), out var known)) _programs.Add((client, program), known = new EngineCodeProgram(this, sets.Open(program), client));
        return known;
    }

    /// <summary>No new task will need the client's programs; those that run keep them until they end.</summary>
    public void Forget(int client)
    {
        foreach (var (key, program) in _programs)
        {
            if (key.Client != client) continue;
            _programs.Remove(key);
            program.Release();
        }
    }

    /// <summary>The same for all clients.</summary>
    public void Clear()
    {
        foreach (var program in _programs.Values) program.Release();
        _programs.Clear();
    }

    /// <summary>An answer came, or a refusal.</summary>
    public void Answered(long question, byte[] answer)
    {
        if (_asked.TryRemove(question, out var waiting)) waiting.Answer.TrySetResult(answer);
    }

    /// <summary>The controller is a new one, which knows of no question.</summary>
    public void AskAgain()
    {
        foreach (var (_, waiting) in _asked) tell(waiting.Write);
    }

    /// <summary>Asks a client.</summary>
    /// <exception cref="ShippingException">It refused, or did not answer.</exception>
    public async Task<ReadOnlyMemory<byte>> AskAsync(int client, byte[] question, string what, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _questions);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<PayloadWriter> write = w =>
        {
            w.WriteByte((byte)ControllerEntry.NeedCode);
            w.WriteInt32(client);
            w.WriteInt64(number);
            w.WriteBytes(question);
        };
        _asked[number] = (answer, write);
        try
        {
            tell(write);
            return CodeQuestion.Open(await answer.Task.WaitAsync(s_patience, cancellationToken).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            throw new ShippingException($"The client did not send {what} within {s_patience.TotalSeconds:0} s, so the task could not be read; see that the client runs and is connected, and run the task again.");
        }
        finally
        {
            _asked.TryRemove(number, out _);
        }
    }
}
