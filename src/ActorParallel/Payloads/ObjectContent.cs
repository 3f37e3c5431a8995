using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

/// <summary>Any class: field by field, into an object whose constructor doesn't run.</summary>
internal sealed class ObjectContent(Type type) : OpenContent(type)
{
    private readonly FieldSet _fields = new(type);
    private readonly bool _hasFinalizer =
        type.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic, [])?.DeclaringType != typeof(object);

    public override void WriteBody(PayloadWriter writer, object value) => _fields.Write(writer, value);

    public override object ReadHead(ref PayloadReader reader)
    {
        if (WireType.IsAbstract || WireType.IsInterface)
        {
            throw reader.Corrupt($"an object can't be a {Names.Of(WireType)} and nothing more");
        }

        object value = RuntimeHelpers.GetUninitializedObject(WireType);
        if (_hasFinalizer)
        {
            // A finalizer must not meet an object whose fields never came.
#pragma warning disable CA1816
            GC.SuppressFinalize(value);
#pragma warning restore CA1816
        }

        return value;
    }

    public override void ReadBody(ref PayloadReader reader, object value)
    {
        _fields.Read(ref reader, value);
        if (_hasFinalizer)
        {
            GC.ReRegisterForFinalize(value);
        }
    }

    public override string Describe(object? instance, int index) => _fields.Describe(index);
}
