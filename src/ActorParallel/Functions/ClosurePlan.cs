using System.Reflection;
using System.Runtime.CompilerServices;
using ActorParallel.Payloads;

namespace ActorParallel.Functions;

/// <summary>The fields of a closure class that travel with one function, and the plans of the closures it leads to.</summary>
internal sealed class ClosurePlan
{
    const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    ClosurePlan(Type type) => Type = type;

    /// <summary>The closure class, closed over its type arguments.</summary>
    public Type Type { get; }

    /// <summary>What travels, in the order of declaration.</summary>
    public ClosureField[] Fields { get; private set; } = [];

    /// <summary>Whether this or a closure it leads to holds a value.</summary>
    public bool HasValues
    {
        get
        {
            foreach (var plan in Reachable())
            {
                if (Array.Exists(plan.Fields, static f => f.Nested is null)) return true;
            }

            return false;
        }
    }

    /// <summary>Plans a closure class for a function from what its body reads.</summary>
    public static ClosurePlan Of(Type closure, CaptureAnalysis reads) => Of(closure, reads, []);

    static ClosurePlan Of(Type closure, CaptureAnalysis reads, Dictionary<Type, ClosurePlan> known)
    {
        if (known.TryGetValue(closure, out var plan)) return plan;
        known.Add(closure, plan = new ClosurePlan(closure));
        var fields = new List<ClosureField>();
        foreach (var info in Captured(closure))
        {
            if (reads.Reads(info)) fields.Add(new ClosureField(info, CompilerNames.IsClosure(info.FieldType) ? Of(info.FieldType, reads, known) : null));
        }

        plan.Fields = fields.ToArray();
        return plan;
    }

    /// <summary>The closure's captured variables and parent closures, without what the compiler keeps in it for itself.</summary>
    public static FieldInfo[] Captured(Type closure)
    {
        var fields = Array.FindAll(closure.GetFields(Own), static field => !CompilerNames.IsCachedDelegate(field));
        Array.Sort(fields, static (a, b) => a.MetadataToken.CompareTo(b.MetadataToken));
        return fields;
    }

    /// <summary>This plan and all it leads to, each once.</summary>
    public List<ClosurePlan> Reachable()
    {
        var plans = new List<ClosurePlan> { this };
        for (int i = 0; i < plans.Count; i++)
        {
            foreach (var field in plans[i].Fields)
            {
                if (field.Nested is { } nested && !plans.Contains(nested)) plans.Add(nested);
            }
        }

        return plans;
    }

    /// <summary>Writes the plan as metadata tokens: the reader has the same build, so it needs no IL.</summary>
    public void Write(PayloadWriter writer)
    {
        var plans = Reachable();
        writer.WriteUInt32((uint)plans.Count);
        foreach (var plan in plans)
        {
            writer.WriteUInt32((uint)plan.Fields.Length);
            foreach (var field in plan.Fields)
            {
                writer.WriteInt32(field.Info.MetadataToken);
                writer.WriteInt32(field.Nested is { } nested ? plans.IndexOf(nested) : -1);
            }
        }
    }

    /// <summary>Writes a closure's planned fields. One met before is written again: another function may have read less of it.</summary>
    public void WriteFields(PayloadWriter writer, object closure, ICaptureObserver? observer)
    {
        foreach (var field in Fields)
        {
            object? value = field.Info.GetValue(closure);
            if (field.Nested is { } nested)
            {
                writer.WriteReference(value);
                if (value is not null) nested.WriteFields(writer, value, observer);
            }
            else if (observer is null)
            {
                field.Write(writer, value);
            }
            else
            {
                observer.Value(field.Name, field.Info.FieldType, writer, to => field.Write(to, value));
            }
        }
    }

    /// <summary>Reads what <see cref="WriteFields"/> wrote.</summary>
    public void ReadFields(ref PayloadReader reader, object closure)
    {
        foreach (var field in Fields)
        {
            if (field.Nested is not { } nested)
            {
                field.Info.SetValue(closure, field.Codec.ReadObject(ref reader));
                continue;
            }

            if (!reader.ReadReference(out object? value))
            {
                value = RuntimeHelpers.GetUninitializedObject(nested.Type);
                reader.Register(value);
            }

            field.Info.SetValue(closure, value);
            if (value is not null) nested.ReadFields(ref reader, value);
        }
    }

    /// <summary>Reads a plan for the closure class.</summary>
    public static ClosurePlan Read(ref PayloadReader reader, Type closure)
    {
        var wire = new (int Token, int Nested)[reader.ReadCount()][];
        for (int i = 0; i < wire.Length; i++)
        {
            wire[i] = new (int, int)[reader.ReadCount()];
            for (int j = 0; j < wire[i].Length; j++) wire[i][j] = (reader.ReadInt32(), reader.ReadInt32());
        }

        var plans = new ClosurePlan?[wire.Length];
        return (plans.Length > 0 ? Resolve(0, closure) : null) ?? throw reader.Corrupt("a function's captured variables are not known");

        ClosurePlan? Resolve(int index, Type type)
        {
            if (plans[index] is { } known) return known;
            var plan = plans[index] = new ClosurePlan(type);
            var all = type.GetFields(Own);
            var fields = new ClosureField[wire[index].Length];
            for (int i = 0; i < fields.Length; i++)
            {
                var (token, nested) = wire[index][i];
                if (Array.Find(all, f => f.MetadataToken == token) is not { } info || nested >= plans.Length) return null;
                var next = nested < 0 ? null : Resolve(nested, info.FieldType);
                if (nested >= 0 && next is null) return null;
                fields[i] = new ClosureField(info, next);
            }

            plan.Fields = fields;
            return plan;
        }
    }
}
