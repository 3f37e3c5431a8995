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
        var before = writer.Mark();
        string? problem = null;
        try
        {
            write(writer);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            problem = e.Message;
            writer.Rollback(before);
        }

        string reason = name == "this" ? "the object travels whole" : "read by the body";
        Items.Add(new ShippingItem(name.Length > 0 ? name : "function", CompilerNames.Display(type), writer.Length - before.Length, problem, reason));
    }
}
