using System.CommandLine;

namespace ActorParallel.Cli;

/// <summary>A command of which lists show one line, and its own help more.</summary>
internal sealed class DetailedCommand(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>Its own help is about to be shown.</summary>
    public void Tell() => Description = $"{Description}\n\n{details}";
}
