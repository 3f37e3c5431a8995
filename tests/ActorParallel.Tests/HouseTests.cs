namespace ActorParallel.Tests;

public sealed class HouseTests
{
    [Fact]
    public void ReferenceConfigurationIsEmbedded() =>
        Assert.NotNull(typeof(HouseTests).Assembly.GetReferencedAssemblies());
}
