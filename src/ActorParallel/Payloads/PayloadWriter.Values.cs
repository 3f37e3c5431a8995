using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

internal sealed partial class PayloadWriter
{
    private readonly ReferenceTable _references = new();
    private readonly List<Type> _types = [];
    private Type? _lastType;
    private uint _lastTypeIndex;

    /// <summary>The types that the payload names, in the order they came; well-known ones aside.</summary>
    internal IReadOnlyList<Type> Types => _types;

    public void Write<T>(T value) => Codecs.For<T>().Write(this, value);

    /// <summary>Writes a type's name the first time, its number afterwards.</summary>
    public void WriteType(Type type)
    {
        if (type == _lastType)
        {
            WriteUInt32(_lastTypeIndex);
            return;
        }

        uint index = TypeNames.WellKnownIndex(type);
        if (index == 0)
        {
            int at = _types.IndexOf(type);
            if (at < 0)
            {
                WriteUInt32(0);
                WriteString(TypeNames.NameOf(type));
                at = _types.Count;
                _types.Add(type);
            }
            else
            {
                WriteUInt32((uint)(at + TypeNames.FirstFree));
            }

            index = (uint)(at + TypeNames.FirstFree);
        }
        else
        {
            WriteUInt32(index);
        }

        _lastType = type;
        _lastTypeIndex = index;
    }

    /// <summary>
    /// True: a reference to an object written before (or null) is now in the payload. False: the object is new, its number is taken,
    /// and the caller writes its content.
    /// </summary>
    public bool WriteReference(object? value)
    {
        if (value is null)
        {
            WriteByte(Marker.Null);
            return true;
        }

        if (WriteBackReference(value))
        {
            return true;
        }

        WriteByte(Marker.New);
        return false;
    }

    /// <summary>Writes a reference if the object was met before; else gives it the next number and writes nothing.</summary>
    internal bool WriteBackReference(object value)
    {
        if (!_references.TryAdd(value, out int id))
        {
            RefuseIfUnfinished(value);
            WriteByte(Marker.Back);
            WriteUInt32((uint)id);
            return true;
        }

        return false;
    }

    private void ForgetValues(int references, int types)
    {
        _references.Truncate(references);
        if (_types.Count > types)
        {
            _types.RemoveRange(types, _types.Count - types);
        }

        _lastType = null;
    }
}
