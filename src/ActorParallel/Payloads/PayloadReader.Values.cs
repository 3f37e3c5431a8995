using System.Runtime.CompilerServices;

namespace ActorParallel.Payloads;

internal ref partial struct PayloadReader
{
    /// <summary>Reads a value. What its types throw over corrupt bytes comes out as <see cref="InvalidDataException"/>.</summary>
    public T Read<T>()
    {
        if (_inside || Codecs.IsInline<T>())
        {
            return Codecs.For<T>().Read(ref this);
        }

        _inside = true;
        try
        {
            return Codecs.For<T>().Read(ref this);
        }
        catch (Exception e) when (e is not (InvalidDataException or ShippingException or Functions.MissingCodeException))
        {
            throw new InvalidDataException($"The payload can't be read as a {Names.Of(typeof(T))}: {e.Message}", e);
        }
        finally
        {
            _inside = false;
        }
    }

    /// <summary>Reads a part of a value that is being read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T ReadNested<T>() => Codecs.For<T>().Read(ref this);

    public Type ReadType()
    {
        uint index = ReadUInt32();
        if (index == 0)
        {
            string name = ReadString() ?? throw Corrupt("a type has no name");
            Type type = TypeNames.Resolve(name);
            (_types ??= []).Add(type);
            return type;
        }

        if (index < TypeNames.FirstFree)
        {
            return TypeNames.WellKnown(index);
        }

        index -= (uint)TypeNames.FirstFree;
        return index < (uint)(_types?.Count ?? 0) ? _types![(int)index] : throw Corrupt("a type's number is not known");
    }

    /// <summary>True: <paramref name="existing"/> is what was written. False: a new object follows; call <see cref="Register"/> once it exists.</summary>
    public bool ReadReference(out object? existing)
    {
        existing = null;
        switch (ReadByte())
        {
            case Marker.Null:
                return true;
            case Marker.Back:
                existing = ReadBackReference();
                return true;
            case Marker.New:
                if (_pending != 0)
                {
                    (_morePending ??= new()).Push(_pending);
                }

                _pending = Reserve() + 1;
                return false;
            default:
                throw Corrupt("an object's marker is not known");
        }
    }

    /// <summary>Gives the object begun last its number, so that its members can refer to it.</summary>
    public void Register(object value)
    {
        SetObject(_pending - 1, value);
        _pending = _morePending is { Count: > 0 } ? _morePending.Pop() : 0;
    }

    /// <summary>Takes the next object's number.</summary>
    internal int Reserve()
    {
        int id = _count++;
        if (id > 0)
        {
            if (_objects is null)
            {
                _objects = new object?[8];
            }
            else if (id >= _objects.Length)
            {
                Array.Resize(ref _objects, 2 * id);
            }
        }

        return id;
    }

    internal void SetObject(int id, object value)
    {
        if (id == 0)
        {
            _first = value;
        }
        else
        {
            _objects![id] = value;
        }
    }

    internal object ReadBackReference()
    {
        uint id = ReadUInt32();
        if (id >= (uint)_count)
        {
            throw Corrupt("a reference names an object that never came");
        }

        return (id == 0 ? _first : _objects![id]) ?? throw Corrupt("a reference names an object that isn't finished");
    }
}
