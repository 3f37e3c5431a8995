using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace ActorParallel.Payloads;

internal ref partial struct PayloadReader
{
    private const int StackSize = 16 << 20;
    private const int MaxStacks = 64;

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
        catch (Exception e) when (e is not (InvalidDataException or ShippingException))
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

    /// <summary>Reads an object's content, on a new thread when this one's stack is nearly used up.</summary>
    internal object ReadContent(Content content, int id)
    {
        object value = (++_depth & 15) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack()
            ? ReadOnFreshStack(content, id)
            : content.Read(ref this, id);
        _depth--;
        return value;
    }

    internal readonly Checkpoint Mark() => new(_count, _types?.Count ?? 0, _pending, _morePending?.Count ?? 0, _depth, _stacks);

    /// <summary>Goes on at <paramref name="end"/>; what was met since belongs to a part that nothing outside refers to.</summary>
    internal void CloseScope(in Checkpoint from, int end)
    {
        for (int id = from.Objects; id < _count; id++)
        {
            SetObject(id, null!);
        }

        _count = from.Objects;
        if (_types?.Count > from.Types)
        {
            _types.RemoveRange(from.Types, _types.Count - from.Types);
        }

        while (_morePending?.Count > from.MorePending)
        {
            _morePending.Pop();
        }

        _pending = from.Pending;
        _depth = from.Depth;
        _stacks = from.Stacks;
        _at = end;
    }

    internal readonly record struct Checkpoint(int Objects, int Types, int Pending, int MorePending, int Depth, int Stacks);

    private unsafe object ReadOnFreshStack(Content content, int id)
    {
        if (++_stacks > MaxStacks)
        {
            throw Corrupt("it is nested too deeply");
        }

        object? value = null;
        ExceptionDispatchInfo? error = null;
#pragma warning disable CS8500 // This thread waits, so the reader stays where it is on its stack.
        fixed (PayloadReader* self = &this)
        {
            nint address = (nint)self;
            var thread = new Thread(
                () =>
                {
                    try
                    {
                        value = content.Read(ref *(PayloadReader*)address, id);
                    }
                    catch (Exception e)
                    {
                        error = ExceptionDispatchInfo.Capture(e);
                    }
                },
                StackSize)
            { IsBackground = true, Name = "payload" };
            thread.Start();
            thread.Join();
        }
#pragma warning restore CS8500

        _stacks--;
        error?.Throw();
        return value!;
    }
}
