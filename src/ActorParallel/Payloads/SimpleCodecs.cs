namespace ActorParallel.Payloads;

/// <summary>The types nearly every payload has. Kept apart from everything general, so that a first value needs little of this library.</summary>
internal static class SimpleCodecs
{
    public static Codec? TryMake(Type type) => type.IsEnum ? null : Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => new Int32Codec(),
        TypeCode.Int64 => new Int64Codec(),
        TypeCode.UInt32 => new UInt32Codec(),
        TypeCode.UInt64 => new UInt64Codec(),
        TypeCode.String => new StringCodec(),
        TypeCode.Double => new RawCodec<double>(),
        TypeCode.Boolean => new BooleanCodec(),
        TypeCode.Byte => new RawCodec<byte>(),
        TypeCode.Single => new RawCodec<float>(),
        _ => null,
    };

    private sealed class Int32Codec : Codec<int>
    {
        public override void Write(PayloadWriter writer, int value) => writer.WriteInt32(value);

        public override int Read(ref PayloadReader reader) => reader.ReadInt32();
    }

    private sealed class Int64Codec : Codec<long>
    {
        public override void Write(PayloadWriter writer, long value) => writer.WriteInt64(value);

        public override long Read(ref PayloadReader reader) => reader.ReadInt64();
    }

    private sealed class UInt32Codec : Codec<uint>
    {
        public override void Write(PayloadWriter writer, uint value) => writer.WriteUInt32(value);

        public override uint Read(ref PayloadReader reader) => reader.ReadUInt32();
    }

    private sealed class UInt64Codec : Codec<ulong>
    {
        public override void Write(PayloadWriter writer, ulong value) => writer.WriteUInt64(value);

        public override ulong Read(ref PayloadReader reader) => reader.ReadUInt64();
    }

    private sealed class BooleanCodec : Codec<bool>
    {
        public override void Write(PayloadWriter writer, bool value) => writer.WriteBool(value);

        public override bool Read(ref PayloadReader reader) => reader.ReadBool();
    }

    private sealed class StringCodec : Codec<string?>
    {
        public override void Write(PayloadWriter writer, string? value) => writer.WriteString(value);

        public override string? Read(ref PayloadReader reader) => reader.ReadString();
    }
}

/// <summary>A value without references: its bytes as they lie in memory. Both ends run the same program on the same architecture.</summary>
internal sealed class RawCodec<T> : Codec<T>
{
    public override void Write(PayloadWriter writer, T value) => writer.WriteUnmanaged(value);

    public override T Read(ref PayloadReader reader) => reader.ReadUnmanaged<T>();
}
