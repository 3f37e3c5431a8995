using ActorParallel.Payloads;

namespace ActorParallel.Tests.Payloads;

internal static class Trip
{
    public static byte[] Bytes<T>(T value)
    {
        using PayloadWriter writer = PayloadWriter.Rent();
        writer.Write(value);
        return writer.ToArray();
    }

    public static T From<T>(byte[] bytes)
    {
        var reader = new PayloadReader(bytes);
        T value = reader.Read<T>();
        Assert.Equal(0, reader.Remaining);
        return value;
    }

    public static T Of<T>(T value) => From<T>(Bytes(value));

    public static void Same<T>(params ReadOnlySpan<T> values)
    {
        foreach (T value in values)
        {
            Assert.Equal(value, Of(value));
            Assert.Equal(value, Of<object?>(value));
        }
    }

    public static ShippingException Refused<T>(T value) => Assert.Throws<ShippingException>(() => Bytes(value));
}
