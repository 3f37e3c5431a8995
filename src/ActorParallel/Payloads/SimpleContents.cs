using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using ActorParallel.Pools;

namespace ActorParallel.Payloads;

/// <summary>A class whose objects are fully told by a few values.</summary>
internal sealed class SimpleContent<T>(Action<PayloadWriter, T> write, SimpleContent<T>.Reading read, bool tracked = false) : Content(typeof(T))
    where T : class
{
    public delegate T Reading(ref PayloadReader reader);

    public override bool IsTracked => tracked;

    public override void Write(PayloadWriter writer, object value) => write(writer, (T)value);

    public override object Read(ref PayloadReader reader, int id)
    {
        T value = read(ref reader);
        if (tracked)
        {
            reader.SetObject(id, value);
        }

        return value;
    }

    public override string Describe(object? instance, int index) => "";
}

internal static class SimpleContents
{
    /// <summary>The content of those classes of the BCL that are best told by their parts, or null.</summary>
    public static Content? TryMake(Type type) =>
        typeof(Type).IsAssignableFrom(type) ? new SimpleContent<Type>((w, t) => w.WriteType(t), (ref r) => r.ReadType())
        : type == typeof(object) ? new SimpleContent<object>((w, _) => w.WriteByte(0), (ref r) => MakeObject(ref r), tracked: true)
        : type == typeof(Version) ? new SimpleContent<Version>((w, v) => w.WriteString(v.ToString()), (ref r) => Version.Parse(Text(ref r)))
        : type == typeof(DBNull) ? new SingletonContent(type, DBNull.Value)
        : type == typeof(Missing) ? new SingletonContent(type, Missing.Value)
        : type == typeof(Uri) ? new SimpleContent<Uri>(WriteUri, (ref r) => new Uri(Text(ref r), r.ReadBool() ? UriKind.Absolute : UriKind.Relative))
        : type == typeof(CultureInfo) ? new SimpleContent<CultureInfo>((w, c) => w.WriteString(c.Name), (ref r) => CultureInfo.GetCultureInfo(Text(ref r)))
        : typeof(Encoding).IsAssignableFrom(type) ? new SimpleContent<Encoding>(WriteEncoding, ReadEncoding)
        : type == typeof(StringBuilder) ? new SimpleContent<StringBuilder>((w, b) => w.WriteString(b.ToString()), (ref r) => new(Text(ref r)), tracked: true)
        : type == typeof(TimeZoneInfo) ? new SimpleContent<TimeZoneInfo>(
            (w, z) => w.WriteString(z.ToSerializedString()), (ref r) => TimeZoneInfo.FromSerializedString(Text(ref r)))
        : typeof(Regex).IsAssignableFrom(type) ? new SimpleContent<Regex>(WriteRegex, ReadRegex)
        : type.Namespace == "System.Linq" ? LinqContent.TryMake(type)
        : null;

    /// <summary>A pool that travels becomes the engine's own.</summary>
    public static Content? TryMakePool(Type type) =>
        type == typeof(ParallelPool) ? new SimpleContent<ParallelPool>((_, _) => { }, (ref _) => NestedPool.Instance)
        : type == typeof(PoolView) ? new SimpleContent<PoolView>((w, v) => w.Write(v.Options), (ref r) => PoolView.Of(NestedPool.Executor, r.Read<TaskOptions>()))
        : null;

    private static string Text(ref PayloadReader reader) => reader.ReadString() ?? throw reader.Corrupt("a text is missing");

    private static object MakeObject(ref PayloadReader reader)
    {
        reader.ReadByte();
        return new object();
    }

    private static void WriteUri(PayloadWriter writer, Uri uri)
    {
        writer.WriteString(uri.OriginalString);
        writer.WriteBool(uri.IsAbsoluteUri);
    }

    private static void WriteEncoding(PayloadWriter writer, Encoding encoding)
    {
        writer.WriteInt32(encoding.CodePage);
        writer.WriteBool(encoding.Preamble.Length > 0);
    }

    private static Encoding ReadEncoding(ref PayloadReader reader)
    {
        int page = reader.ReadInt32();
        bool mark = reader.ReadBool();
        return page == Encoding.UTF8.CodePage ? new UTF8Encoding(mark) : Encoding.GetEncoding(page);
    }

    // A generated regex is a subclass of its own; its pattern says it all.
    private static void WriteRegex(PayloadWriter writer, Regex regex)
    {
        writer.WriteString(regex.ToString());
        writer.WriteInt32((int)regex.Options);
        writer.WriteInt64(regex.MatchTimeout.Ticks);
    }

    private static Regex ReadRegex(ref PayloadReader reader) =>
        new(Text(ref reader), (RegexOptions)reader.ReadInt32(), TimeSpan.FromTicks(reader.ReadInt64()));
}

/// <summary><c>Enumerable.Range</c> and <c>Repeat</c>, the two sequences that hold nothing but their own numbers: two values travel.</summary>
internal static class LinqContent
{
    public static Content? TryMake(Type type)
    {
        if (type.DeclaringType != typeof(Enumerable) && type.DeclaringType?.DeclaringType != typeof(Enumerable))
        {
            return null;
        }

        if (type.Name.StartsWith("RangeIterator", StringComparison.Ordinal) && typeof(IEnumerable<int>).IsAssignableFrom(type))
        {
            return new RangeContent();
        }

        Type? items = type.GetInterfaces().FirstOrDefault(i => i.IsConstructedGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>));
        return type.Name.StartsWith("RepeatIterator", StringComparison.Ordinal) && items is not null
            ? Contents.Make(typeof(RepeatContent<>), items.GetGenericArguments())
            : null;
    }
}

internal sealed class RangeContent() : Content(Enumerable.Range(0, 2).GetType())
{
    public override void Write(PayloadWriter writer, object value)
    {
        var range = (IEnumerable<int>)value;
        writer.WriteInt32(range.First());
        writer.WriteInt32(range.Count());
    }

    public override object Read(ref PayloadReader reader, int id)
    {
        IEnumerable<int> range = Enumerable.Range(reader.ReadInt32(), reader.ReadInt32());
        reader.SetObject(id, range);
        return range;
    }
}

internal sealed class RepeatContent<T>() : Content(Enumerable.Repeat<T>(default!, 2).GetType())
{
    public override bool IsBuiltLast => true;

    public override void Write(PayloadWriter writer, object value)
    {
        var items = (IEnumerable<T>)value;
        writer.Write(items.First());
        writer.WriteInt32(items.Count());
    }

    public override object Read(ref PayloadReader reader, int id)
    {
        IEnumerable<T> items = Enumerable.Repeat(reader.ReadNested<T>(), reader.ReadInt32());
        reader.SetObject(id, items);
        return items;
    }
}
