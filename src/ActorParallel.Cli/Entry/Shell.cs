using System.CommandLine;
using ActorParallel.Profiles;

namespace ActorParallel.Cli;

/// <summary>What all commands share: where they write, what interrupts them, and the options that many have.</summary>
internal sealed record Shell(Terminal Terminal, Interrupts Interrupts)
{
    public CancellationToken Token => Interrupts.Token;

    public static Option<string> Profile() => Checked(new Option<string>("--profile", "-p")
    {
        Description = "The profile: a name of letters, digits, '-', '_' and '.'.",
        HelpName = "NAME",
        DefaultValueFactory = _ => ProfileName.Default,
    });

    public static Option<string?> ProfileOrNone(string description) => Checked(new Option<string?>("--profile", "-p") { Description = description, HelpName = "NAME" });

    public static Option<bool> Json() => new("--json") { Description = "Write one JSON document to standard output and nothing else." };

    public static Option<int?> Number(string name, string? alias, string description, int least)
    {
        var option = alias is null ? new Option<int?>(name) : new Option<int?>(name, alias);
        (option.Description, option.HelpName) = (description, "N");
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [var token]) return;
            if (!int.TryParse(token.Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var value) || value < least)
                result.AddError($"{name} must be a whole number from {least}, not '{token.Value}'.");
        });
        return option;
    }

    public static Option<double> Seconds(string name, double standard, string description)
    {
        var option = new Option<double>(name) { Description = description, HelpName = "SECONDS", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!double.TryParse(token.Value, System.Globalization.CultureInfo.InvariantCulture, out var value) || value is not (> 0 and < 1e6)))
                result.AddError($"{name} must be a number of seconds above 0, not '{token.Value}'.");
        });
        return option;
    }

    static Option<T> Checked<T>(Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token]) Check(token.Value, result.AddError);
        });
        return option;
    }

    public static void Check(string profile, Action<string> refuse)
    {
        if (ProfileName.IsValid(profile)) return;
        try
        {
            ProfileName.Check(profile);
        }
        catch (ArgumentException e)
        {
            refuse(Failures.Sentence(e));
        }
    }

    /// <summary>A command that does something; what it throws is reported in one place.</summary>
    public static Command Action(Command command, Func<ParseResult, Task<int>> run)
    {
        command.SetAction((parsed, _) => run(parsed));
        return command;
    }
}
