using System.Text;
using Google.Protobuf;

namespace ActorParallel.Tests.Transport;

/// <summary>Frames of Akka.Remote written by hand, honest or not.</summary>
static class Pdu
{
    public static ByteString Associate(string system, string host, int port, bool twice = false)
    {
        byte[] origin = [.. Field(1, system), .. Field(2, host), .. Number(3, port), .. Field(4, "ap")];
        byte[] info = [.. Field(1, origin), .. twice ? Field(1, origin) : [], .. Fixed(2, 7)];
        return ByteString.CopyFrom(Field(2, [.. Number(1, 1), .. Field(2, info)]));
    }

    public static ByteString Text(string to, string sender, string text, string? second = null, bool senderFirst = false)
    {
        var message = Field(2, Payload(17, "S", Encoding.UTF8.GetBytes(text)));
        var from = Field(4, Field(1, sender));
        byte[] extra = second is null ? [] : Field(4, Field(1, second));
        return Envelope(senderFirst ? [.. from, .. Field(1, Field(1, to)), .. message] : [.. Field(1, Field(1, to)), .. message, .. from, .. extra]);
    }

    public static ByteString Message(string to, string sender, int serializer, string manifest, byte[] content) =>
        Envelope([.. Field(1, Field(1, to)), .. Field(2, Payload(serializer, manifest, content)), .. Field(4, Field(1, sender))]);

    public static byte[] Selected(int serializer, string manifest) =>
        [.. Field(1, Payload(serializer, manifest, [])), .. Field(2, [.. Number(1, 2), .. Field(2, "user")]), .. Field(2, [.. Number(1, 2), .. Field(2, "sink")])];

    public static byte[] Field(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    public static byte[] Field(int field, byte[] value) => [(byte)((field << 3) | 2), .. Varint(value.Length), .. value];

    static ByteString Envelope(byte[] envelope) => ByteString.CopyFrom(Field(1, Field(2, envelope)));

    static byte[] Payload(int serializer, string manifest, byte[] content) =>
        [.. Field(1, content), .. Number(2, serializer), .. manifest.Length == 0 ? [] : Field(3, manifest)];

    static byte[] Number(int field, int value) => [(byte)(field << 3), .. Varint(value)];

    static byte[] Fixed(int field, long value) => [(byte)((field << 3) | 1), .. BitConverter.GetBytes(value)];

    static byte[] Varint(int value)
    {
        List<byte> bytes = [];
        for (var left = (uint)value; ; left >>= 7)
        {
            bytes.Add((byte)(left < 0x80 ? left : (left & 0x7F) | 0x80));
            if (left < 0x80)
                return [.. bytes];
        }
    }
}
