using System.Globalization;
using Akka.TestKit;

namespace ActorParallel.TestKit;

/// <summary>Akka's test kit asks a test framework for these; an exception is what all frameworks understand.</summary>
internal sealed class TestKitAssertions : ITestKitAssertions
{
    public static readonly TestKitAssertions Instance = new();

    public void Fail(string format = "", params object[] args) => throw new ParallelAssertionException(Text(format, args));

    public void AssertTrue(bool condition, string format = "", params object[] args)
    {
        if (!condition)
            throw new ParallelAssertionException(Text(format, args, "A condition should be true, and isn't."));
    }

    public void AssertFalse(bool condition, string format = "", params object[] args)
    {
        if (condition)
            throw new ParallelAssertionException(Text(format, args, "A condition should be false, and isn't."));
    }

    public void AssertEqual<T>(T expected, T actual, string format = "", params object[] args) =>
        AssertEqual(expected, actual, EqualityComparer<T>.Default.Equals, format, args);

    public void AssertEqual<T>(T expected, T actual, Func<T, T, bool> comparer, string format = "", params object[] args)
    {
        if (!comparer(expected, actual))
            throw new ParallelAssertionException($"{Text(format, args)} Expected {Show(expected)}, and got {Show(actual)}.".TrimStart());
    }

    public Exception AssertThrows(Action action) => AssertThrows<Exception>(action);

    public TException AssertThrows<TException>(Action action)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException e)
        {
            return e;
        }
        catch (Exception e)
        {
            throw Other<TException>(e);
        }
        throw None<TException>();
    }

    public Task<Exception> AssertThrowsAsync(Func<Task> action) => AssertThrowsAsync<Exception>(action);

    public async Task<TException> AssertThrowsAsync<TException>(Func<Task> action)
        where TException : Exception
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (TException e)
        {
            return e;
        }
        catch (Exception e)
        {
            throw Other<TException>(e);
        }
        throw None<TException>();
    }

    static ParallelAssertionException Other<TException>(Exception e) => new($"A {typeof(TException).Name} should be thrown, and a {e.GetType().Name} was: {e.Message}", e);

    static ParallelAssertionException None<TException>() => new($"A {typeof(TException).Name} should be thrown, and nothing was.");

    static string Show<T>(T value) => value is null ? "nothing" : value is string text ? $"\"{text}\"" : value.ToString() ?? "";

    // A text with braces of its own is no format: it is shown as it is.
    static string Text(string format, object[] args, string otherwise = "")
    {
        if (string.IsNullOrEmpty(format))
            return otherwise;
        try
        {
            return args.Length == 0 ? format : string.Format(CultureInfo.InvariantCulture, format, args);
        }
        catch (FormatException)
        {
            return $"{format} {string.Join(", ", args)}";
        }
    }
}
