using System.Globalization;
using System.Text;
using ActorParallel.Functions;

namespace ActorParallel;

/// <summary>What travels with a function to another process, and what stands in the way. Made by <see cref="Shipping.Explain"/>; doesn't change.</summary>
public sealed class ShippingReport
{
    readonly long _overhead;

    internal ShippingReport(
        Delegate function, IReadOnlyList<ShippingItem> items, IReadOnlyList<string> notShipped, IReadOnlyList<ShippingAssembly> assemblies,
        long overhead, long bytes, string? problem)
    {
        Function = CompilerNames.Display(function.Method);
        Assembly = function.Method.Module.Assembly.GetName().Name ?? "";
        ModuleVersionId = function.Method.Module.ModuleVersionId;
        Items = items;
        NotShipped = notShipped;
        Assemblies = assemblies;
        Bytes = bytes;
        Problem = problem ?? items.FirstOrDefault(static item => item.Problem is not null)?.Problem;
        _overhead = overhead;
    }

    /// <summary>The function as people call it, such as <c>the lambda in Program.Main</c>.</summary>
    public string Function { get; }

    /// <summary>The simple name of the assembly that holds the function.</summary>
    public string Assembly { get; }

    /// <summary>The build of that assembly: both sides must have the same.</summary>
    public Guid ModuleVersionId { get; }

    /// <summary>The captured values that travel, or should and can't; outermost function first.</summary>
    public IReadOnlyList<ShippingItem> Items { get; }

    /// <summary>Variables captured in the same scopes that the function doesn't read, with their types; they stay where they are.</summary>
    public IReadOnlyList<string> NotShipped { get; }

    /// <summary>
    /// What an engine needs that was started without this program: the function's assembly first, then all it refers to, without .NET's
    /// own and ActorParallel's. Each is sent once to an engine that lacks it, and none to a pool's own processes. An assembly that is only
    /// loaded by name while the function runs is not seen here, and doesn't travel.
    /// </summary>
    public IReadOnlyList<ShippingAssembly> Assemblies { get; }

    /// <summary>All bytes that travel with the call, without those of <see cref="Assemblies"/>: what names the function, and the values. Those that can't travel are not counted.</summary>
    public long Bytes { get; }

    /// <summary>The first thing that stands in the way, as the call would throw it, or null when nothing does.</summary>
    public string? Problem { get; }

    /// <summary>Whether the function and all it reads can travel.</summary>
    public bool CanShip => Problem is null;

    /// <summary>The report as a table for people.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Function}, of {Assembly} (build {ModuleVersionId}): ");
        text.AppendLine(CanShip ? $"{Amount(Bytes)}, {Amount(_overhead)} of it for the function itself" : "can't travel");
        int names = Items.Select(static item => item.Name.Length).DefaultIfEmpty().Max();
        int types = Items.Select(static item => item.Type.Length).DefaultIfEmpty().Max();
        foreach (var item in Items)
        {
            text.Append("  ").Append(item.Name.PadRight(names)).Append("  ").Append(item.Type.PadRight(types)).Append("  ");
            text.AppendLine(item.Problem ?? $"{Amount(item.Bytes)}, {item.Reason}");
        }

        if (Problem is not null && Items.All(static item => item.Problem is null)) text.Append("  ").AppendLine(Problem);
        if (NotShipped.Count > 0) text.Append("  not read, stays here: ").AppendLine(string.Join(", ", NotShipped));
        if (CanShip && Assemblies.Count > 0)
        {
            var sent = Assemblies.Select(static a => $"{a.Name} {a.Version} ({Amount(a.Bytes)})");
            text.Append("  sent once to an engine without it: ").AppendLine(string.Join(", ", sent));
        }

        return text.ToString().TrimEnd();
    }

    static string Amount(long bytes) => bytes == 1 ? "1 byte" : string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes");
}

/// <summary>A captured value of a function.</summary>
/// <param name="Name">The variable as the source names it; <c>this</c> for the object whose members the function uses.</param>
/// <param name="Type">The variable's type.</param>
/// <param name="Bytes">The bytes it takes, without what an earlier item already carries; 0 when it can't travel.</param>
/// <param name="Problem">Why it can't travel and what to do, or null.</param>
/// <param name="Reason">Why it travels, such as <c>read by the body</c>.</param>
public sealed record ShippingItem(string Name, string Type, long Bytes, string? Problem, string Reason);
