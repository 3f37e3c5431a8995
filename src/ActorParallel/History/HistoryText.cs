using System.Buffers;
using System.Runtime.CompilerServices;

namespace ActorParallel.History;

/// <summary>Texts as both stores can keep them: bounded, without NUL and without lone surrogates.</summary>
internal static class HistoryText
{
    public const int ClientLength = 128;
    public const int LabelLength = 256;
    public const int FunctionLength = 512;
    public const int ErrorTypeLength = 512;
    public const int ErrorMessageLength = 2048;
    public const int OutputLength = 4096;

    const char Replacement = '\uFFFD';

    static readonly SearchValues<char> s_suspects = SearchValues.Create([
        '\0', .. Enumerable.Range(0xD800, 0x800).Select(c => (char)c),
    ]);

    public static string? Keep(string? text, int length)
    {
        if (text is null) return null;
        var cut = text.Length > length;
        var kept = cut ? text.AsSpan(0, length - 1) : text;
        if (!cut && !kept.ContainsAny(s_suspects)) return text;
        if (cut && char.IsHighSurrogate(kept[^1])) kept = kept[..^1];
        var clean = kept.ToArray();
        for (var i = 0; i < clean.Length; i++)
        {
            if (char.IsHighSurrogate(clean[i]) && i + 1 < clean.Length && char.IsLowSurrogate(clean[i + 1])) i++;
            else if (clean[i] == '\0' || char.IsSurrogate(clean[i])) clean[i] = Replacement;
        }
        return cut ? $"{clean.AsSpan()}…" : new string(clean);
    }

    /// <summary>True for a text that a store could hold as it is: no other can be compared alike by every store.</summary>
    public static bool IsClean(string text) => ReferenceEquals(Keep(text, int.MaxValue), text);

    /// <summary>The most bytes a text takes in a payload.</summary>
    public static int WireSize(string? text) => text is null ? 1 : 5 + (System.Text.Ascii.IsValid(text) ? 1 : 2) * text.Length;
}
