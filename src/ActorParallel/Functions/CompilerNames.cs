using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorParallel.Functions;

/// <summary>What the C# and Visual Basic compilers call what they make, and what the source called it.</summary>
internal static class CompilerNames
{
    /// <summary>A class that holds captured variables: its fields are only touched by code made with it.</summary>
    public static bool IsClosure(Type type) => IsSubmission(type) || IsClosureClass(type);

    static bool IsClosureClass(Type type) =>
        type is { IsClass: true, IsNested: true }
        && (type.Name.StartsWith("<>c", StringComparison.Ordinal) || type.Name.StartsWith("_Closure$__", StringComparison.Ordinal))
        && IsMarked(type);

    /// <summary>A piece of a script: its fields are the script's variables, the pieces before, and the object whose members it sees.</summary>
    public static bool IsSubmission(Type type) => type is { IsClass: true, IsNested: false } && type.Name.StartsWith("Submission#", StringComparison.Ordinal);

    /// <summary>What is declared in a script, whose pieces are assemblies of their own.</summary>
    public static bool IsOfScript(Type type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return IsSubmission(type);
    }

    // What is nested in a generated type isn't marked again.
    static bool IsMarked(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || (type.DeclaringType is { } outer && IsMarked(outer));

    /// <summary>An async or iterator state machine.</summary>
    public static bool IsStateMachine(Type type) =>
        type.IsNested
        && (IsGenerated(type.Name) || type.Name.StartsWith("VB$StateMachine", StringComparison.Ordinal))
        && (typeof(IAsyncStateMachine).IsAssignableFrom(type) || typeof(System.Collections.IEnumerator).IsAssignableFrom(type)
            || typeof(IAsyncDisposable).IsAssignableFrom(type));

    /// <summary>A lambda, a local function, or another method that the compiler made.</summary>
    public static bool IsGenerated(MethodBase method) =>
        IsGenerated(method.Name) || (method.DeclaringType is { } type && (IsClosure(type) || IsGenerated(type.Name)));

    static bool IsGenerated(string name) => name[0] == '<' || name.StartsWith("_Lambda$__", StringComparison.Ordinal) || name.StartsWith("_Closure$__", StringComparison.Ordinal);

    /// <summary>A delegate that the compiler keeps in a closure to make it once: the other side makes its own.</summary>
    public static bool IsCachedDelegate(FieldInfo field) =>
        typeof(Delegate).IsAssignableFrom(field.FieldType)
        && (field.Name.StartsWith("<>9__", StringComparison.Ordinal) || field.Name.StartsWith("$I", StringComparison.Ordinal));

    /// <summary>A variable, parameter or property as the source names it, from the field that holds it.</summary>
    public static string Variable(string field)
    {
        if (field is "<>4__this" or "$VB$Me") return "this";
        if (field.StartsWith("$VB$Local_", StringComparison.Ordinal)) return field["$VB$Local_".Length..];
        if (field.StartsWith("<>3__", StringComparison.Ordinal)) return field["<>3__".Length..];
        int end = field.IndexOf('>', StringComparison.Ordinal);
        return field[0] == '<' && end > 1 ? field[1..end] : field;
    }

    /// <summary>A method for people: <c>Program.Square</c>, <c>the lambda in Program.Main</c>.</summary>
    public static string Display(MethodBase method)
    {
        string name = method.Name;
        string type = method.DeclaringType is { } declaring ? Display(declaring) : "";
        if (name[0] != '<') return Member(type, name) + Arguments(method.IsGenericMethod ? method.GetGenericArguments() : []);
        int close = name.LastIndexOf('>');
        string outer = Member(type, name[1..close]);
        string rest = name[(close + 1)..];
        int bar = rest.IndexOf('|', StringComparison.Ordinal);
        if (rest.StartsWith("g__", StringComparison.Ordinal) && bar > 3) return $"the local function {rest[3..bar]} in {outer}";
        return $"the lambda in {outer}";
    }

    static string Member(string type, string name) => name switch
    {
        ".ctor" => $"the constructor of {type}",
        ".cctor" => $"the static constructor of {type}",
        "<Main>$" => "Main",
        "<Initialize>" => type,
        _ when type.Length == 0 => name,
        _ => $"{type}.{name}",
    };

    /// <summary>A type for people: <c>Dictionary&lt;String, Int32[]&gt;</c>, closures by the type they are in.</summary>
    public static string Display(Type type)
    {
        if (type.IsArray) return $"{Display(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsPointer) return Display(type.GetElementType()!) + "*";
        if (type.IsNested && !type.IsGenericParameter && (IsClosure(type) || IsGenerated(type.Name))) return Display(type.DeclaringType!);
        if (IsSubmission(type)) return "the script";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Display(underlying) + "?";
        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? type.Name : type.Name[..tick] + Arguments(type.GetGenericArguments());
    }

    static string Arguments(Type[] arguments) =>
        arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Display))}>";
}
