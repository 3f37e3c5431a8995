using System.Collections;
using System.Reflection;
using ActorParallel.Engines;

namespace ActorParallel.Clients;

/// <summary>Names and values from an object.</summary>
internal static class NamedValues
{
    public static KeyValuePair<string, object?>[] Of(object values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values is IEnumerable<KeyValuePair<string, object?>> pairs) return [.. pairs];
        if (values is IDictionary dictionary && dictionary.Keys.Cast<object>().All(k => k is string))
            return [.. dictionary.Keys.Cast<string>().Select(k => new KeyValuePair<string, object?>(k, dictionary[k]))];
        if (values is string || values is IEnumerable || values.GetType().IsPrimitive)
            throw new ArgumentException($"A {values.GetType()} has no names: push an object such as new {{ a = 1 }}, or a dictionary.", nameof(values));
        return [.. values.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
            .Select(p => new KeyValuePair<string, object?>(p.Name, p.GetValue(values)))];
    }

    public static KeyValuePair<string, object?>[] Checked(KeyValuePair<string, object?>[] values)
    {
        if (values.Length == 0) throw new ArgumentException("There is nothing to push: give an object with properties, such as new { a = 1 }.", nameof(values));
        foreach (var (name, _) in values) ScriptNames.Check(name, nameof(values));
        return values;
    }
}
