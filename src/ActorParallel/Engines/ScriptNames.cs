using System.Collections.Frozen;
using System.Globalization;

namespace ActorParallel.Engines;

/// <summary>Which names a script's variable can have. Asked by clients too, which have no compiler.</summary>
internal static class ScriptNames
{
    // Reserved words, and await: code at the top of a script may await.
    static readonly FrozenSet<string> Keywords = FrozenSet.Create(StringComparer.Ordinal,
        "__arglist", "__makeref", "__reftype", "__refvalue", "abstract", "as", "await", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal",
        "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach",
        "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out",
        "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc",
        "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using",
        "virtual", "void", "volatile", "while");

    public static bool IsValid(string name) => IsIdentifier(name) && !Keywords.Contains(name);

    public static void Check(string name, string? parameter = null)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (!IsIdentifier(name))
            throw new ArgumentException($"'{name}' can't name a value: a name is a C# identifier, letters, digits and underscores with no digit first.", parameter);
        if (Keywords.Contains(name))
            throw new ArgumentException($"'{name}' can't name a value: it is a keyword of C#; choose another name.", parameter);
    }

    // C# specification, 6.4.3 Identifiers.
    static bool IsIdentifier(string name)
    {
        for (int i = 0; i < name.Length; i++)
        {
            bool fits = name[i] == '_' || char.GetUnicodeCategory(name[i]) switch
            {
                UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                    or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => true,
                UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.SpacingCombiningMark => i > 0,
                _ => false,
            };
            if (!fits) return false;
        }
        return name.Length > 0;
    }
}
