namespace ActorParallel.Cli.Prompt;

internal static class PromptText
{
    public const string Help =
        """
        C# code runs here; a value at its end is printed. Code that is not whole goes on in the next line.
          %px CODE           runs code on all engines, and shows what each writes, and its value
          %px -t 0,2 CODE    on these engines
          %%px [-t 0,2]      as %px, for the lines that follow, up to one with %% alone
          %pxresult          shows again what the last %px gave
          %autopx            from here on all code runs on the engines; again: here
          %engines           the engines, and what they run
          %help              this text
          %exit              ends the prompt
        """;
}

/// <summary>A line for the engines: which ones, and the code on it.</summary>
/// <param name="IsBlock">The code is in the lines that follow.</param>
/// <param name="Engines">The engines as they were written; null for all.</param>
/// <param name="Code">What stands after it on its line.</param>
internal sealed record PxLine(bool IsBlock, string[]? Engines, string Code)
{
    const string One = "%px", Block = "%%px";

    /// <summary>Null when the line is not for engines.</summary>
    /// <exception cref="UsageException">It is, and can't be read.</exception>
    public static PxLine? Read(string line)
    {
        var trimmed = line.TrimStart();
        var isBlock = trimmed.StartsWith(Block, StringComparison.Ordinal);
        var word = isBlock ? Block : One;
        if (!trimmed.StartsWith(word, StringComparison.Ordinal) || (trimmed.Length > word.Length && !char.IsWhiteSpace(trimmed[word.Length]))) return null;
        var rest = trimmed[word.Length..].Trim();
        string[]? engines = null;
        foreach (var option in (ReadOnlySpan<string>)["-t", "--targets"])
        {
            if (rest != option && !rest.StartsWith(option + " ", StringComparison.Ordinal)) continue;
            var parts = rest[option.Length..].TrimStart().Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || Commands.EngineIds.Read(parts[0]) is null)
                throw new UsageException($"{word} {option} needs engines, such as 0,2,5 or 0-3: {word} {option} 0,2 CODE.");
            engines = [parts[0]];
            rest = parts.Length > 1 ? parts[1] : "";
        }
        if (!isBlock && rest.Length == 0) throw new UsageException("%px needs code on its line; for several lines there is %%px.");
        return new PxLine(isBlock, engines, rest);
    }
}
