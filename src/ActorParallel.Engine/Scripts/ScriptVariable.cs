using System.Reflection;
using ActorParallel.Engines;

namespace ActorParallel.Scripts;

/// <summary>A variable that code declared at its top: it keeps its type.</summary>
internal sealed class ScriptVariable(FieldInfo variable, object instance) : INamespaceVariable
{
    public object? Value => PublicMembers.Unwrap(variable.GetValue(variable.IsStatic ? null : instance));

    public bool TrySet(object? value)
    {
        if (variable.IsLiteral || variable.IsInitOnly) return false;
        if (value is null ? variable.FieldType.IsValueType && Nullable.GetUnderlyingType(variable.FieldType) is null : !variable.FieldType.IsInstanceOfType(value)) return false;
        variable.SetValue(variable.IsStatic ? null : instance, value);
        return true;
    }

    public void Clear()
    {
        if (!variable.IsLiteral && !variable.IsInitOnly) variable.SetValue(variable.IsStatic ? null : instance, null);
    }
}

/// <summary>A variable that was declared for a value somebody pushed: its type is that value's, and a value of another type needs another variable.</summary>
/// <param name="variable">The field it is.</param>
/// <param name="instance">The object that holds it.</param>
/// <param name="type">The type of the values it holds; null: it was made for a null.</param>
/// <param name="isDynamic">Code could name no type for it.</param>
internal sealed class PushedVariable(FieldInfo variable, object instance, Type? type, bool isDynamic) : INamespaceVariable
{
    public object? Value => PublicMembers.Unwrap(variable.GetValue(instance));

    public bool TrySet(object? value)
    {
        if (value is null ? variable.FieldType.IsValueType : value.GetType() != type) return false;
        variable.SetValue(instance, isDynamic ? PublicMembers.Wrap(value) : value);
        return true;
    }

    public void Clear() => variable.SetValue(instance, null);
}
