using Akka.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorParallel.Hosting.Options;

/// <summary>Puts a service's options together once before anything starts: what can't work is said in a sentence.</summary>
internal sealed class ValidateOptions(IHostEnvironment? environment = null) : IValidateOptions<ActorParallelOptions>
{
    public ValidateOptionsResult Validate(string? name, ActorParallelOptions options)
    {
        var whose = string.IsNullOrEmpty(name) ? "" : $" (executor '{name}')";
        if (options.Problem is { } problem) return ValidateOptionsResult.Fail($"ActorParallel{whose} can't start: {problem}");
        try
        {
            HostedSettings.From(options, environment?.ContentRootPath).Check();
            return ValidateOptionsResult.Success;
        }
        catch (Exception e) when (e is ArgumentException or ConfigurationException)
        {
            return ValidateOptionsResult.Fail($"ActorParallel{whose} can't start: {e.Message.Split('\n')[0].TrimEnd('\r')}");
        }
    }
}
