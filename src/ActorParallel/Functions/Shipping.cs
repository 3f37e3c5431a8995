using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel;

/// <summary>Tells what would travel to another process with a function, before it is called there.</summary>
public static class Shipping
{
    /// <summary>
    /// Lists the captured values that travel with a function, how many bytes each takes, what stays behind because the function doesn't
    /// read it, what can't travel and why, and the assemblies that an engine on another machine would need for it.
    /// </summary>
    /// <remarks>
    /// The values are serialized to measure them, and the bytes thrown away: nothing is sent. The same captured values later may take
    /// more or fewer bytes if they change. Safe to call from any thread, as long as no other changes the captured values meanwhile.
    /// </remarks>
    /// <param name="function">The function that a pool or a view would be given.</param>
    /// <returns>The report; a function that can't travel is reported, not thrown.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="function"/> is null.</exception>
    /// <example>
    /// <code>
    /// int factor = 3;
    /// var file = File.OpenRead("words.txt");
    /// Console.WriteLine(Shipping.Explain((int x) => x * factor + (int)file.Length));
    /// // the lambda in Program.Main, of MyProgram (build 0b0c2a2e-…): can't travel
    /// //   factor  Int32       1 byte, read by the body
    /// //   file    FileStream  file: A FileStream can't travel to another process: pass the path and open it inside the task.
    /// </code>
    /// </example>
    public static ShippingReport Explain(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var definition = FunctionDefinition.TryOf(function, out string? problem);
        if (definition is null) return new ShippingReport(function, [], [], [], 0, 0, problem);

        using var writer = PayloadWriter.Rent();
        var observer = new ShippingObserver();
        try
        {
            definition.Write(writer);
            observer.Overhead = writer.Length;
            definition.WriteCaptures(writer, function, observer);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            problem = e.Message;
        }

        return new ShippingReport(
            function, observer.Items, NotShipped(function, definition), Assemblies(definition, writer), observer.Overhead, writer.Length, problem);
    }

    static ShippingAssembly[] Assemblies(FunctionDefinition definition, PayloadWriter writer)
    {
        var assemblies = definition.Assemblies.Concat(writer.Types.SelectMany(CodeSource.AssembliesOf)).Where(static a => FunctionRefusals.WhyAssembly(a) is null);
        return [.. ProgramReferences.Closure(assemblies).Select(static a => new ShippingAssembly(a.Name, a.Version, a.Build, a.Length))];
    }

    static List<string> NotShipped(Delegate function, FunctionDefinition definition)
    {
        if (function.Method.IsStatic || function.Target?.GetType() is not { } type || !CompilerNames.IsClosure(type)) return [];
        var shipped = definition.Closures.SelectMany(static plan => plan.Fields).Select(static field => (field.Info.Module, field.Info.MetadataToken)).ToHashSet();
        var names = new List<string>();
        var scopes = new List<Type> { type };
        for (int i = 0; i < scopes.Count; i++)
        {
            foreach (var field in ClosurePlan.Captured(scopes[i]))
            {
                if (!CompilerNames.IsClosure(field.FieldType))
                {
                    if (!shipped.Contains((field.Module, field.MetadataToken))) names.Add($"{CompilerNames.Variable(field.Name)} ({CompilerNames.Display(field.FieldType)})");
                }
                else if (!scopes.Contains(field.FieldType))
                {
                    scopes.Add(field.FieldType);
                }
            }
        }

        return names;
    }
}
