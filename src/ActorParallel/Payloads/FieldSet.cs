using System.Reflection;

namespace ActorParallel.Payloads;

/// <summary>
/// Writes and reads a type's fields: by reflection at first, since compiling costs more than a few values do, and by compiled code from
/// the <see cref="CompileAfter"/>th on.
/// </summary>
internal sealed class FieldSet(Type type, Type? stopAt = null)
{
    internal const int CompileAfter = 16;

    private Codec[]? _codecs;
    private int _writes;
    private int _reads;
    private FieldCompiler.WriteObject? _write;
    private FieldCompiler.ReadObject? _read;

    public FieldInfo[] All { get; } = Fields.Of(type, stopAt);

    private Codec[] FieldCodecs => _codecs ??= Array.ConvertAll(All, f => Codecs.For(f.FieldType));

    public string Describe(int index) => index < All.Length ? $".{Names.Of(All[index])}" : "";

    public void Write(PayloadWriter writer, object value)
    {
        if (_write is { } write)
        {
            write(writer, value);
            return;
        }

        if (Interlocked.Increment(ref _writes) == CompileAfter)
        {
            _write = FieldCompiler.Writer<FieldCompiler.WriteObject>(type, typeof(object), All);
        }

        WriteByReflection(writer, value);
    }

    public void Read(ref PayloadReader reader, object value)
    {
        if (_read is { } read)
        {
            read(ref reader, value);
            return;
        }

        if (Interlocked.Increment(ref _reads) == CompileAfter)
        {
            _read = FieldCompiler.Reader<FieldCompiler.ReadObject>(type, typeof(object), All);
        }

        ReadByReflection(ref reader, value);
    }

    public void WriteByReflection(PayloadWriter writer, object value)
    {
        for (int i = 0; i < All.Length; i++)
        {
            writer.At(i);
            FieldCodecs[i].WriteObject(writer, All[i].GetValue(value));
        }
    }

    public void ReadByReflection(ref PayloadReader reader, object value)
    {
        for (int i = 0; i < All.Length; i++)
        {
            All[i].SetValue(value, FieldCodecs[i].ReadObject(ref reader));
        }
    }
}
