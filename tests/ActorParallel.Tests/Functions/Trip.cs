using ActorParallel.Functions;
using ActorParallel.Payloads;

namespace ActorParallel.Tests.Functions;

/// <summary>A function's way to another process and back, in this one.</summary>
internal static class Trip
{
    public static byte[] Write(Delegate function)
    {
        using var writer = PayloadWriter.Rent();
        var definition = FunctionDefinition.Of(function);
        definition.Write(writer);
        definition.WriteCaptures(writer, function);
        return writer.ToArray();
    }

    public static Delegate Read(byte[] bytes)
    {
        var reader = new PayloadReader(bytes);
        var function = FunctionDefinition.Read(ref reader).ReadCaptures(ref reader);
        Assert.Equal(0, reader.Remaining);
        return function;
    }

    public static T Of<T>(T function) where T : Delegate
    {
        var copy = Assert.IsType<T>(Read(Write(function)));
        if (function.Target is not null && FunctionDefinition.Of(function).HasCaptures) Assert.NotSame(function.Target, copy.Target);
        return copy;
    }

    /// <summary>The variables that travel, by name in alphabetical order.</summary>
    public static string Reads(Delegate function) =>
        string.Join(" ", FunctionDefinition.Of(function).Captures.Select(c => c.Name).Order(StringComparer.Ordinal));

    /// <summary>A value's way inside a payload.</summary>
    public static T Value<T>(T value) => ReadValue<T>(ValueBytes(value));

    public static byte[] ValueBytes<T>(T value)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write(value);
        return writer.ToArray();
    }

    public static T ReadValue<T>(byte[] bytes)
    {
        var reader = new PayloadReader(bytes);
        var copy = reader.Read<T>();
        Assert.Equal(0, reader.Remaining);
        return copy;
    }

    public static ShippingException Refused(Delegate function, string path = "")
    {
        var e = Assert.Throws<ShippingException>(() => Write(function));
        Assert.Equal(path, e.Path);
        var report = Shipping.Explain(function);
        Assert.False(report.CanShip);
        return e;
    }
}
