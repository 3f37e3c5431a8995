using System.Dynamic;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace ActorParallel.Scripts;

/// <summary>
/// A value whose type code can't name, as <c>dynamic</c> shows it: C#'s own binder finds no member of an anonymous or internal type of
/// another assembly.
/// </summary>
internal sealed class PublicMembers : DynamicObject
{
    const BindingFlags Members = BindingFlags.Public | BindingFlags.Instance | BindingFlags.FlattenHierarchy;

    readonly object _value;

    PublicMembers(object value) => _value = value;

    public static object? Wrap(object? value) => value is null || value.GetType().IsVisible ? value : new PublicMembers(value);

    public static object? Unwrap(object? value) => value is PublicMembers shown ? shown._value : value;

    public override IEnumerable<string> GetDynamicMemberNames() => _value.GetType().GetMembers(Members).Select(static member => member.Name).Distinct();

    public override bool TryGetMember(GetMemberBinder binder, out object? result)
    {
        var property = _value.GetType().GetProperty(binder.Name, Members);
        var field = property is null ? _value.GetType().GetField(binder.Name, Members) : null;
        result = Wrap(property?.CanRead == true ? Call(() => property.GetValue(_value)) : field?.GetValue(_value));
        return property?.CanRead == true || field is not null;
    }

    public override bool TrySetMember(SetMemberBinder binder, object? value)
    {
        var property = _value.GetType().GetProperty(binder.Name, Members);
        if (property?.CanWrite == true)
        {
            Call(() => { property.SetValue(_value, Unwrap(value)); return null; });
            return true;
        }

        var field = _value.GetType().GetField(binder.Name, Members);
        field?.SetValue(_value, Unwrap(value));
        return field is not null;
    }

    public override bool TryInvokeMember(InvokeMemberBinder binder, object?[]? args, out object? result)
    {
        object?[] values = [.. (args ?? []).Select(Unwrap)];
        result = null;
        if (!_value.GetType().GetMethods(Members).Any(method => method.Name == binder.Name)) return false;
        result = Wrap(Call(() => _value.GetType().InvokeMember(
            binder.Name, Members | BindingFlags.InvokeMethod, null, _value, values, System.Globalization.CultureInfo.InvariantCulture)));
        return true;
    }

    public override bool TryConvert(ConvertBinder binder, out object? result)
    {
        result = _value;
        return binder.Type.IsInstanceOfType(_value);
    }

    public override bool Equals(object? obj) => _value.Equals(Unwrap(obj));

    public override int GetHashCode() => _value.GetHashCode();

    public override string? ToString() => _value.ToString();

    static object? Call(Func<object?> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException e) when (e.InnerException is { } own)
        {
            ExceptionDispatchInfo.Throw(own);
            throw;
        }
    }
}
