namespace ActorParallel.Examples.Tests;

/// <summary>The services test themselves: here is what they say then.</summary>
public sealed class ServiceExampleTests
{
    [Theory]
    [InlineData("threads")]
    [InlineData("processes")]
    public async Task The_image_service_answers_wherever_its_work_runs(string place)
    {
        using var ended = await Started.RunAsync("ImageService", "--self-test", "--requests", "4", "--run-on", place);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Matches($@"^4 thumbnails on {place} in \d+\.\d\d s\nwhat is no picture is refused: 400\nhealth: Healthy\n$", ended.Output);
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("processes")]
    public async Task The_worker_service_loses_no_file_when_it_is_told_to_stop(string place)
    {
        using var ended = await Started.RunAsync("WorkerService", "--self-test", "--files", "24", "--run-on", place);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Matches(@"^24 files, told to stop in the midst of them: \d+ compressed, \d+ left where they were, 0 lost\n$", ended.Output);
    }
}
