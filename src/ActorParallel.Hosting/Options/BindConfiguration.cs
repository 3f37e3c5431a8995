using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorParallel.Hosting.Options;

/// <summary>Fills options from <c>IConfiguration</c>: the unnamed ones from the section itself, a named executor's from its own below it.</summary>
internal sealed class BindConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<ActorParallelOptions>
{
    public void Configure(ActorParallelOptions options) => Configure(Microsoft.Extensions.Options.Options.DefaultName, options);

    public void Configure(string? name, ActorParallelOptions options)
    {
        if (configuration is null) return;
        var section = configuration.GetSection(PathOf(name));
        options.Problem = ConfigurationKeys.Unknown(section, isNamed: !string.IsNullOrEmpty(name));
        if (options.Problem is not null) return;
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // It says which key has which value and what it should be.
            options.Problem = e.Message;
        }
    }

    public static string PathOf(string? name) => string.IsNullOrEmpty(name)
        ? ActorParallelOptions.SectionName
        : $"{ActorParallelOptions.SectionName}:{ConfigurationKeys.Executors}:{name}";
}
