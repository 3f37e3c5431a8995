namespace ActorParallel.Contract.Tests;

public abstract class ExceptionsContract(Executors executors) : Contract(executors)
{
    [Fact]
    public async Task ExceptionsArriveAsThemselvesWithTheirState()
    {
        var e = await Refused<OrderException>(() => Pool.Apply(ThrowOrder, 42));
        Assert.Equal(42, e.Code);
        Assert.Equal("order 42", e.Message);
        Assert.Equal(["a", "b"], e.Lines);
        Assert.Equal("inner", Assert.IsType<InvalidDataException>(e.InnerException).Message);
        Assert.Contains(nameof(ThrowOrder), e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AwaitingThrowsTheSame()
    {
        var result = Pool.ApplyAsync(ThrowOrder, 43);
        Assert.Equal(43, (await Assert.ThrowsAsync<OrderException>(async () => await result)).Code);
        Assert.Equal(43, Assert.IsType<OrderException>(result.Error).Code);
        Assert.False(result.Successful);
        Assert.Equal(TaskState.Failed, result.State);
    }

    [Fact]
    public async Task AsyncFunctionsThrowTheSame()
    {
        var e = await Refused<OrderException>(() => Pool.Apply(async x =>
        {
            await Task.Yield();
            return ThrowOrder(x);
        }, 44));
        Assert.Equal(44, e.Code);
    }

    [Fact]
    public async Task ActionsThrowTheSame()
    {
        Assert.Equal(45, (await Refused<OrderException>(() => Pool.Apply(() => { ThrowOrder(45); }))).Code);
        Assert.Equal(46, (await Assert.ThrowsAsync<OrderException>(async () => await Pool.ApplyAsync(x => { ThrowOrder(x); }, 46))).Code);
    }

    [Fact]
    public async Task CommonExceptionsKeepTheirMembers()
    {
        Assert.Equal("who", (await Refused<ArgumentNullException>(() => Pool.Apply(() => Fail<int>(new ArgumentNullException("who"))))).ParamName);
        Assert.Equal("f.txt", (await Refused<FileNotFoundException>(() => Pool.Apply(() => Fail<int>(new FileNotFoundException("gone", "f.txt"))))).FileName);
        var many = await Refused<AggregateException>(() => Pool.Apply(() => Fail<int>(new AggregateException("two", new OrderException("a", 1), new OrderException("b", 2)))));
        Assert.Equal([1, 2], many.InnerExceptions.Select(i => ((OrderException)i).Code));
    }

    [Fact]
    public async Task ATaskThatThrowsCancelledItselfHasFailed()
    {
        var result = Pool.ApplyAsync(() => Fail<int>(new OperationCanceledException("my own")));
        await Ended(result);
        Assert.Equal(TaskState.Failed, result.State);
        Assert.Equal("my own", result.Error!.Message);
    }

    [Fact]
    public async Task AnAsyncFunctionWithoutATaskSaysSo()
    {
        var e = await Refused<InvalidOperationException>(() => Pool.Apply(() => (Task<int>)null!));
        Assert.Contains("null", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterAnErrorTheWorkerWorksOn()
    {
        var pool = CreatePool(1);
        for (var i = 0; i < 20; i++)
        {
            var code = i;
            Assert.Equal(i, (await Refused<OrderException>(() => pool.Apply(ThrowOrder, code))).Code);
        }
        Assert.Equal(1, await Soon(pool.ApplyAsync(() => 1)));
    }

    static int ThrowOrder(int code) => throw new OrderException($"order {code}", code, new InvalidDataException("inner")) { Lines = ["a", "b"] };
}
