using System.Globalization;
using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Processes;

/// <summary>What a <see cref="ParallelProcess"/> is handed: who it is, whose child, in which culture, and what to run.</summary>
internal sealed record ProcessHandOver(
    string Name, string Path, bool Daemon, string ParentName, string ParentPath, string Culture, string UICulture, Delegate Function)
{
    /// <summary>The bytes for a process that is about to start.</summary>
    /// <exception cref="ShippingException">What it is to run can't travel.</exception>
    public static byte[] For(ParallelProcess process)
    {
        ParallelProcess parent = ParallelProcess.Current;
        Delegate function = process.Function ?? (Func<CancellationToken, Task>)process.RunDerivedAsync;
        using PayloadWriter writer = PayloadWriter.Rent();
        foreach (string text in (ReadOnlySpan<string>)[process.Name, process.Path, parent.Name, parent.Path, CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name])
            writer.WriteString(text);
        writer.WriteBool(process.Daemon);
        FunctionDefinition definition = FunctionDefinition.Of(function);
        definition.Write(writer);
        definition.WriteCaptures(writer, function);
        return writer.ToArray();
    }

    /// <summary>What <see cref="For"/> wrote.</summary>
    public static ProcessHandOver Read(byte[] message)
    {
        PayloadReader reader = new(message);
        string name = reader.ReadString()!, path = reader.ReadString()!;
        string parentName = reader.ReadString()!, parentPath = reader.ReadString()!;
        string culture = reader.ReadString()!, uiCulture = reader.ReadString()!;
        bool daemon = reader.ReadBool();
        return new ProcessHandOver(name, path, daemon, parentName, parentPath, culture, uiCulture, FunctionDefinition.Read(ref reader).ReadCaptures(ref reader));
    }

    /// <summary>Makes this process the one described; returns what it runs.</summary>
    public Delegate Enter(int parentId)
    {
        ParallelProcess parent = ParallelProcess.Known(ParentName, ParentPath, parentId, daemon: false);
        if (Function.Target is ParallelProcess derived)
            derived.Become(Name, Path, Environment.ProcessId, Daemon);
        ProcessFamily.Enter(Function.Target as ParallelProcess ?? ParallelProcess.Known(Name, Path, Environment.ProcessId, Daemon), parent);
        return Function;
    }
}
