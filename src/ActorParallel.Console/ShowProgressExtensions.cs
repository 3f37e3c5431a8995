using ActorParallel.Terminal;
using Spectre.Console;

namespace ActorParallel;

/// <summary>
/// Shows how far results are: on an interactive terminal a bar with items, rate, time spent and time left; elsewhere — redirected
/// output, <c>NO_COLOR</c>, a terminal without escape codes — a plain line every three seconds, and a last one for each result.
/// </summary>
/// <remarks>
/// <para>Never throws what a task threw, and changes nothing about it: get the value afterwards. Ctrl-C works as without it.</para>
/// <para>A console draws one bar at a time; show several results with one call. What the program itself writes meanwhile belongs
/// on the same <see cref="IAnsiConsole"/>, which puts it above the bar. May be called from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// int[] counts = pool.MapAsync(CountPrimes, blocks).ShowProgress("primes").Get();
/// </code>
/// </example>
public static class ShowProgressExtensions
{
    /// <summary>Shows how far a result is until it has ended.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="result">The result.</param>
    /// <param name="title">What to call it; null for its label, or its id if it has none.</param>
    /// <param name="console">Where to show it; null for standard error, which leaves standard output to the program.</param>
    /// <param name="cancellationToken">Ends the showing, not the task.</param>
    /// <returns>The same result, ended, well or not.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="result"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The console draws another bar.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the result had ended.</exception>
    public static TResult ShowProgress<TResult>(
        this TResult result, string? title = null, IAnsiConsole? console = null, CancellationToken cancellationToken = default)
        where TResult : AsyncResult =>
        ShowProgressAsync(result, title, console, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Shows how far a result is until it has ended, without blocking a thread.</summary>
    /// <inheritdoc cref="ShowProgress{TResult}(TResult, string?, IAnsiConsole?, CancellationToken)" path="//typeparam|//param|//exception"/>
    /// <returns>A task with the same result, ended, well or not.</returns>
    public static Task<TResult> ShowProgressAsync<TResult>(
        this TResult result, string? title = null, IAnsiConsole? console = null, CancellationToken cancellationToken = default)
        where TResult : AsyncResult
    {
        ArgumentNullException.ThrowIfNull(result);
        return ShowAsync(result, [result], title, console, cancellationToken);
    }

    /// <summary>Shows how far several results are until all have ended: up to twelve on a row each, more of them together on one row.</summary>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="results">The results; a row of its own is called by its label, or its id if it has none.</param>
    /// <param name="title">What to call them together; null for their number.</param>
    /// <param name="console">Where to show them; null for standard error, which leaves standard output to the program.</param>
    /// <param name="cancellationToken">Ends the showing, not the tasks.</param>
    /// <returns>The same results, ended, well or not.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="results"/> is null.</exception>
    /// <exception cref="ArgumentException">One of the results is null.</exception>
    /// <exception cref="InvalidOperationException">The console draws another bar.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before all had ended.</exception>
    public static IReadOnlyList<TResult> ShowProgress<TResult>(
        this IEnumerable<TResult> results, string? title = null, IAnsiConsole? console = null, CancellationToken cancellationToken = default)
        where TResult : AsyncResult =>
        ShowProgressAsync(results, title, console, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Shows how far several results are until all have ended, without blocking a thread.</summary>
    /// <inheritdoc cref="ShowProgress{TResult}(IEnumerable{TResult}, string?, IAnsiConsole?, CancellationToken)" path="//typeparam|//param|//exception"/>
    /// <returns>A task with the same results, ended, well or not.</returns>
    public static Task<IReadOnlyList<TResult>> ShowProgressAsync<TResult>(
        this IEnumerable<TResult> results, string? title = null, IAnsiConsole? console = null, CancellationToken cancellationToken = default)
        where TResult : AsyncResult
    {
        ArgumentNullException.ThrowIfNull(results);
        var all = results.ToArray();
        if (Array.Exists(all, static r => r is null)) throw new ArgumentException("One of the results is null.", nameof(results));
        return ShowAsync<IReadOnlyList<TResult>>(all, all, title, console, cancellationToken);
    }

    static async Task<TReturned> ShowAsync<TReturned>(
        TReturned returned, AsyncResult[] results, string? title, IAnsiConsole? console, CancellationToken cancellationToken)
    {
        await new ProgressDisplay(console ?? Consoles.StandardError, results, title).RunAsync(cancellationToken).ConfigureAwait(false);
        return returned;
    }
}
