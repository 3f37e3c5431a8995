using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

/// <summary>Types whose values mean something only in the process that made them, with what to do instead. A subclass counts as its base.</summary>
internal static class Refusals
{
    public const string CancellationAdvice = "take the task's own token from TaskContext.Current.CancellationToken.";

    private const string Locks = "locks work within one process only; guard the shared state there, or return values and combine them.";
    private const string Later = "pass its result: await it first.";
    private const string Handle = "it stands for something the operating system gave to this process; open it inside the task.";
    private const string Connection = "pass the connection string and open the connection inside the task.";
    private const string Actor = "actors stay in their system; return a value and tell it to the actor here.";
    private const string PerThread = "it belongs to this process's threads; pass the value it holds.";

    // By name: most of these assemblies need not be loaded to refuse their types.
    private static readonly Dictionary<string, string> s_advice = new(StringComparer.Ordinal)
    {
        ["System.IO.Stream"] = "pass a path or the bytes, and open the stream inside the task.",
        ["System.IO.TextReader"] = "pass a path or the text, and read it inside the task.",
        ["System.IO.TextWriter"] = "return the text, or open the writer inside the task.",
        ["System.IO.BinaryReader"] = "pass a path or the bytes, and open the reader inside the task.",
        ["System.IO.BinaryWriter"] = "return the bytes, or open the writer inside the task.",
        ["System.IO.FileSystemWatcher"] = Handle,
        ["System.IO.Pipelines.PipeReader"] = "read it here and pass the bytes.",
        ["System.IO.Pipelines.PipeWriter"] = "return the bytes.",
        ["System.Threading.Tasks.Task"] = Later,
        ["ActorParallel.AsyncResult"] = "pass its value: call Get, or await it, first.",
        ["System.Threading.Tasks.ValueTask"] = Later,
        ["System.Threading.Tasks.ValueTask`1"] = Later,
        ["System.Threading.Tasks.TaskCompletionSource"] = Later,
        ["System.Threading.Tasks.TaskCompletionSource`1"] = Later,
        ["System.Threading.Tasks.TaskScheduler"] = "leave it out; the engine schedules its own work.",
        ["System.Threading.Tasks.TaskFactory"] = "leave it out; the engine schedules its own work.",
        ["System.Threading.CancellationToken"] = CancellationAdvice,
        ["System.Threading.CancellationTokenRegistration"] = CancellationAdvice,
        ["System.Threading.CancellationTokenSource"] = CancellationAdvice,
        ["System.Threading.Thread"] = "threads stay in their process; start one inside the task.",
        ["System.Threading.Timer"] = "start the timer inside the task.",
        ["System.Threading.PeriodicTimer"] = "start the timer inside the task.",
        ["System.Timers.Timer"] = "start the timer inside the task.",
        ["System.Threading.ITimer"] = "start the timer inside the task.",
        ["System.Threading.WaitHandle"] = Locks,
        ["System.Threading.SemaphoreSlim"] = Locks,
        ["System.Threading.Lock"] = Locks,
        ["System.Threading.SpinLock"] = Locks,
        ["System.Threading.ReaderWriterLock"] = Locks,
        ["System.Threading.ReaderWriterLockSlim"] = Locks,
        ["System.Threading.ManualResetEventSlim"] = Locks,
        ["System.Threading.CountdownEvent"] = Locks,
        ["System.Threading.Barrier"] = Locks,
        ["System.Threading.SynchronizationContext"] = "leave it out; tasks run without one.",
        ["System.Threading.ExecutionContext"] = "leave it out; the engine has its own.",
        ["System.Threading.ThreadLocal`1"] = PerThread,
        ["System.Threading.AsyncLocal`1"] = PerThread,
        ["System.Threading.Channels.ChannelReader`1"] = "read it here and pass the items, or stream them with StreamAsync.",
        ["System.Threading.Channels.ChannelWriter`1"] = "return the items.",
        ["System.Threading.Channels.Channel`2"] = "read it here and pass the items, or stream them with StreamAsync.",
        ["System.Collections.Concurrent.BlockingCollection`1"] = "pass its items as an array.",
        ["System.Runtime.InteropServices.SafeHandle"] = Handle,
        ["System.Runtime.InteropServices.CriticalHandle"] = Handle,
        ["System.Runtime.InteropServices.GCHandle"] = Handle,
        ["System.Runtime.InteropServices.GCHandle`1"] = Handle,
        ["System.Runtime.InteropServices.ComWrappers"] = Handle,
        ["System.Runtime.CompilerServices.ConditionalWeakTable`2"] = "it follows objects of this process; pass a dictionary.",
        ["System.__ComObject"] = Handle,
        ["System.RuntimeTypeHandle"] = "pass the Type.",
        ["System.RuntimeMethodHandle"] = "pass a delegate.",
        ["System.RuntimeFieldHandle"] = "pass the field's name.",
        ["System.ArgIterator"] = Handle,
        ["System.IServiceProvider"] = "resolve what the task needs inside the task, or pass the values themselves.",
        ["System.Data.Common.DbConnection"] = Connection,
        ["System.Data.Common.DbCommand"] = Connection,
        ["System.Data.Common.DbTransaction"] = Connection,
        ["System.Data.Common.DbDataReader"] = "read the rows here and pass them as an array, or query inside the task.",
        ["System.Data.IDbConnection"] = Connection,
        ["System.Net.Http.HttpMessageInvoker"] = "make the HttpClient inside the task, once in a static field.",
        ["System.Net.Http.HttpMessageHandler"] = "make the HttpClient inside the task, once in a static field.",
        ["System.Net.Http.HttpResponseMessage"] = "read its content here and pass the text or the bytes.",
        ["System.Net.Http.HttpRequestMessage"] = "pass the address and the content, and make the request inside the task.",
        ["System.Net.Http.HttpContent"] = "read it here and pass the text or the bytes.",
        ["System.Net.Sockets.Socket"] = "pass the address and connect inside the task.",
        ["System.Net.Sockets.TcpClient"] = "pass the address and connect inside the task.",
        ["System.Net.Sockets.UdpClient"] = "pass the address and connect inside the task.",
        ["System.Net.Sockets.TcpListener"] = "pass the address and listen inside the task.",
        ["System.Diagnostics.Process"] = "pass its id.",
        ["System.Lazy`1"] = "pass its Value, or make it inside the task.",
        ["System.WeakReference"] = "pass its target.",
        ["System.WeakReference`1"] = "pass its target.",
        ["System.AppDomain"] = "it is this process.",
        ["System.Runtime.Loader.AssemblyLoadContext"] = "load the assembly inside the task.",
        ["System.Reflection.Assembly"] = "pass its name, or a type of it.",
        ["System.Reflection.Module"] = "pass a type of it.",
        ["System.Reflection.MemberInfo"] = "pass the type and the member's name, or a delegate.",
        ["System.Reflection.ParameterInfo"] = "pass the type and the member's name, or a delegate.",
        ["System.Linq.IQueryable"] = "run the query here and pass ToArray(), or query inside the task.",
        ["System.Linq.Expressions.Expression"] = "pass a lambda instead of an expression tree.",
        ["System.Collections.IEnumerator"] = "an open enumerator can't be moved; pass the items with ToArray().",
        ["System.Collections.Generic.IAsyncEnumerator`1"] = "an open enumerator can't be moved; collect the items first, or stream them with StreamAsync.",
        ["System.Security.Cryptography.X509Certificates.X509Certificate"] = "export it and pass the bytes.",
        ["System.Security.Cryptography.AsymmetricAlgorithm"] = "export the key and pass the bytes.",
        ["System.Security.Cryptography.RandomNumberGenerator"] = "make it inside the task.",
        ["System.Security.Cryptography.HashAlgorithm"] = "make it inside the task.",
        ["Akka.Actor.IActorRef"] = Actor,
        ["Akka.Actor.ICanTell"] = Actor,
        ["Akka.Actor.ActorSystem"] = Actor,
        ["Akka.Actor.ActorBase"] = Actor,
        ["Akka.Actor.IActorContext"] = Actor,
    };

    /// <summary>What to do instead, or null when nothing is known against the type.</summary>
    public static string? Advice(Type type)
    {
        if (typeof(Type).IsAssignableFrom(type))
        {
            return null;
        }

        for (Type? t = type; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
        {
            if (Find(t) is { } advice)
            {
                return advice;
            }
        }

        if (LazySequence(type) is { } sequence)
        {
            return sequence;
        }

        foreach (Type i in type.GetInterfaces())
        {
            if (Find(i) is { } advice)
            {
                return advice;
            }
        }

        return null;
    }

    private static string? Find(Type type)
    {
        Type named = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
        return named.FullName is { } name ? s_advice.GetValueOrDefault(name) : null;
    }

    /// <summary>What LINQ and <c>yield</c> return: a program that is yet to run, with everything it captured.</summary>
    private static string? LazySequence(Type type)
    {
        bool iterator = type.Name.StartsWith('<') && type.Name.Contains(">d", StringComparison.Ordinal) && type.IsDefined(typeof(CompilerGeneratedAttribute), false)
            && type.GetInterfaces().Any(i => i.Name is "IEnumerator" or "IEnumerable" or "IAsyncEnumerable`1" or "IAsyncStateMachine");
        bool linq = type.DeclaringType?.FullName is "System.Linq.Enumerable" or "System.Linq.AsyncEnumerable"
            || (type.Namespace == "System.Linq" && type.Name.Contains("Enumerable", StringComparison.Ordinal));
        return iterator || linq ? "a sequence that is computed as it is read can't be moved; call ToArray() on it first." : null;
    }
}
