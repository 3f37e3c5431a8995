using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace ActorParallel.Payloads;

/// <summary>
/// An exception as a value: first what any reader understands (type name, message, stack, inner exceptions), then a part of known length
/// that rebuilds its own type. Writing never fails: what can't travel is left out, and an exception that would lack a field of its own
/// arrives as <see cref="RemoteTaskException"/>.
/// </summary>
internal sealed class ExceptionContent() : Content(typeof(Exception))
{
    private static readonly ConditionalWeakTable<Type, FieldInfo[]> s_fields = [];

    public override void Write(PayloadWriter writer, object value)
    {
        var exception = (Exception)value;
        writer.WriteString(Text(exception, static e => TypeNames.NameOf(e.GetType())) ?? exception.GetType().Name);
        writer.WriteString(Text(exception, static e => e.Message));
        writer.WriteString(Text(exception, static e => e.StackTrace));
        WriteInner(writer, exception);

        int block = writer.BeginBlock(out byte[] chunk);
        PayloadWriter.Checkpoint start = writer.OpenScope();
        if (WriteOwn(writer, exception))
        {
            writer.CloseScope(start);
        }
        else
        {
            writer.Rollback(start);
        }

        writer.EndBlock(chunk, block, start);
    }

    public override object Read(ref PayloadReader reader, int id)
    {
        string name = reader.ReadString() ?? "";
        string message = reader.ReadString() ?? "";
        string? stack = reader.ReadString();
        Type? type = TypeNames.TryResolve(name);
        bool known = type is { IsAbstract: false } && typeof(Exception).IsAssignableFrom(type);

        Exception exception = known ? (Exception)RuntimeHelpers.GetUninitializedObject(type!) : Stranger(name, message, stack);
        reader.SetObject(id, exception);
        Exception[] inner = ReadInner(ref reader);

        int length = reader.ReadFixed<int>();
        int end = length < 0 || length > reader.Remaining ? throw reader.Corrupt("an exception's length is wrong") : reader.Position + length;
        PayloadReader.Checkpoint start = reader.OpenScope();
        bool rebuilt = known && length > 0 && ReadOwn(ref reader, exception, inner, end);
        reader.CloseScope(start, end);
        if (!rebuilt)
        {
            RemoteTaskException stranger = known ? Stranger(name, message, stack) : (RemoteTaskException)exception;
            stranger.InnerExceptions = inner;
            ExceptionParts.Inner(stranger) = inner.FirstOrDefault();
            reader.SetObject(id, stranger);
            exception = stranger;
        }

        if (!string.IsNullOrEmpty(stack))
        {
            ExceptionDispatchInfo.SetRemoteStackTrace(exception, stack);
        }

        return exception;
    }

    public override string Describe(object? instance, int index) => "";

    private static RemoteTaskException Stranger(string name, string message, string? stack)
    {
        int comma = name.LastIndexOf(", ", StringComparison.Ordinal);
        return new RemoteTaskException(comma < 0 ? name : name[..comma], message, stack ?? "");
    }

    private static void WriteInner(PayloadWriter writer, Exception exception)
    {
        Exception[] inner = exception is AggregateException several ? [.. several.InnerExceptions]
            : exception is RemoteTaskException remote ? [.. remote.InnerExceptions]
            : exception.InnerException is { } one ? [one]
            : [];
        writer.WriteUInt32((uint)inner.Length);
        foreach (Exception e in inner)
        {
            if (!Try(writer, e, static (w, e) => w.Write(e)))
            {
                writer.WriteByte(Marker.Null);
            }
        }
    }

    private static Exception[] ReadInner(ref PayloadReader reader)
    {
        var inner = new List<Exception>();
        for (int i = reader.ReadCount(); i > 0; i--)
        {
            if (reader.ReadNested<Exception?>() is { } e)
            {
                inner.Add(e);
            }
        }

        return [.. inner];
    }

    /// <summary>False: a field that the type's author declared can't travel, so the type can't be rebuilt.</summary>
    private static bool WriteOwn(PayloadWriter writer, Exception exception)
    {
        writer.WriteString(ExceptionParts.Message(exception));
        writer.WriteString(ExceptionParts.HelpLink(exception));
        writer.WriteString(Text(exception, static e => e.Source));
        writer.WriteInt32(exception.HResult);
        WriteData(writer, exception);
        foreach (FieldInfo field in FieldsOf(exception.GetType()))
        {
            PayloadWriter.Checkpoint before = writer.Mark();
            writer.WriteBool(true);
            if (!Try(writer, (exception, field), static (w, p) => Codecs.For(p.field.FieldType).WriteObject(w, p.field.GetValue(p.exception))))
            {
                if (!Contents.IsFramework(field.DeclaringType!))
                {
                    return false;
                }

                // The framework's own exceptions stand without their tasks, tokens and sockets.
                writer.Rollback(before);
                writer.WriteBool(false);
            }
        }

        return true;
    }

    private static bool ReadOwn(ref PayloadReader reader, Exception exception, Exception[] inner, int end)
    {
        try
        {
            ExceptionParts.Message(exception) = reader.ReadString();
            ExceptionParts.HelpLink(exception) = reader.ReadString();
            ExceptionParts.Source(exception) = reader.ReadString();
            ExceptionParts.HResult(exception) = reader.ReadInt32();
            ExceptionParts.Code(exception) = ExceptionParts.ManagedCode;
            ExceptionParts.Inner(exception) = inner.FirstOrDefault();
            ReadData(ref reader, exception);
            foreach (FieldInfo field in FieldsOf(exception.GetType()))
            {
                if (reader.ReadBool())
                {
                    field.SetValue(exception, Codecs.For(field.FieldType).ReadObject(ref reader));
                }
            }

            return reader.Position == end;
        }
        catch (Exception e) when (e is not Functions.MissingCodeException)
        {
            return false;
        }
    }

    private static void WriteData(PayloadWriter writer, Exception exception)
    {
        DictionaryEntry[] data = [];
        try
        {
            data = [.. exception.Data.Cast<DictionaryEntry>()];
        }
        catch (Exception)
        {
            // Data is virtual: whatever an override does, the rest travels.
        }

        foreach (DictionaryEntry entry in data)
        {
            PayloadWriter.Checkpoint before = writer.Mark();
            writer.WriteBool(true);
            if (!Try(writer, entry, static (w, e) =>
                {
                    w.Write(e.Key);
                    w.Write(e.Value);
                }))
            {
                writer.Rollback(before);
            }
        }

        writer.WriteBool(false);
    }

    private static void ReadData(ref PayloadReader reader, Exception exception)
    {
        while (reader.ReadBool())
        {
            object key = reader.ReadNested<object>();
            exception.Data[key] = reader.ReadNested<object?>();
        }
    }

    private static bool Try<T>(PayloadWriter writer, T value, Action<PayloadWriter, T> write)
    {
        PayloadWriter.Checkpoint before = writer.Mark();
        try
        {
            write(writer, value);
            return true;
        }
        catch (Exception)
        {
            writer.Rollback(before);
            return false;
        }
    }

    private static string? Text(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception);
        }
        catch (Exception e)
        {
            return $"({e.GetType().Name} while this was read)";
        }
    }

    private static FieldInfo[] FieldsOf(Type type) => s_fields.GetValue(type, static t => Fields.Of(t, typeof(Exception)));
}

/// <summary>What <see cref="Exception"/> keeps to itself.</summary>
internal static class ExceptionParts
{
    /// <summary>What every constructor of <see cref="Exception"/> sets the code to.</summary>
    public const int ManagedCode = unchecked((int)0xE0434352);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    public static extern ref string? Message(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    public static extern ref Exception? Inner(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_helpURL")]
    public static extern ref string? HelpLink(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_source")]
    public static extern ref string? Source(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_HResult")]
    public static extern ref int HResult(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_xcode")]
    public static extern ref int Code(Exception exception);
}
