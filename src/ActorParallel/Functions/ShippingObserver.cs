using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>Measures captured values one by one; one that can't travel is noted and left out.</summary>
internal sealed class ShippingObserver : ICaptureObserver
{
    /// <summary>The bytes of the function itself.</summary>
    public long Overhead { get; set; }

    public List<ShippingItem> Items { get; } = [];

    public void Value(string name, Type type, PayloadWriter writer, Action<PayloadWriter> write)
    {
        string? problem = Try(write);
        long before = writer.Length;
        if (problem is null) write(writer);
        Items.Add(new ShippingItem(name.Length > 0 ? name : "function", CompilerNames.Display(type), writer.Length - before, problem, Reason(name)));
    }

    // In a payload of its own: a refusal leaves the writer in the middle of a value.
    static string? Try(Action<PayloadWriter> write)
    {
        using var writer = PayloadWriter.Rent();
        try
        {
            write(writer);
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e.Message;
        }
    }

    static string Reason(string name) => name == "this" ? "the object travels whole" : "read by the body";
}
