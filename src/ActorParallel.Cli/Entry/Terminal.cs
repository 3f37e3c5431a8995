using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace ActorParallel.Cli;

/// <summary>Where a command writes: results to standard output, everything else to standard error. Thread-safe.</summary>
internal sealed class Terminal : IDisposable
{
    // A line that is wrapped is no line for grep.
    const int PlainWidth = 240;

    static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DictionaryKeyPolicy = null,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    static readonly JsonSerializerOptions s_compact = new(s_json) { WriteIndented = false };

    readonly Lock _gate = new();
    readonly TextWriter _out;
    readonly TextWriter _error;
    readonly Lazy<IAnsiConsole> _console;
    readonly Lazy<bool> _timestamps = new(static () => Commands.Detached.IsDetached);

    public Terminal(TextWriter @out, TextWriter error)
    {
        (_out, _error) = (@out, error);
        _console = new(() => Make(@out));
    }

    /// <summary>Standard output, for tables.</summary>
    public IAnsiConsole Console => _console.Value;

    /// <summary>Whether pictures that change can be drawn there.</summary>
    public bool IsLive => !System.Console.IsOutputRedirected && Console.Profile.Capabilities is { Ansi: true, Interactive: true };

    /// <summary>Whether somebody types.</summary>
    public static bool IsTyped => !System.Console.IsInputRedirected;

    static IAnsiConsole Make(TextWriter writer)
    {
        var redirected = System.Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected) console.Profile.Width = PlainWidth;
        return console;
    }

    /// <summary>Something is drawn that moves: lines go above it.</summary>
    public bool IsDrawing { get; set; }

    public void Line(string text = "")
    {
        if (IsDrawing)
        {
            Console.WriteLine(text);
            return;
        }
        lock (_gate) _out.WriteLine(_timestamps.Value ? $"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {text}" : text);
    }

    public void Text(string text)
    {
        lock (_gate)
        {
            _out.Write(text);
            _out.Flush();
        }
    }

    /// <summary>One sentence on standard error.</summary>
    public void Error(string text)
    {
        lock (_gate) _error.WriteLine(_timestamps.Value ? $"{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {text}" : text);
    }

    public void Json<T>(T document) => Line(JsonSerializer.Serialize(document, s_json));

    public static string Compact<T>(T document) => JsonSerializer.Serialize(document, s_compact);

    public static T? Parse<T>(string text) => JsonSerializer.Deserialize<T>(text, s_json);

    public static Table Table(params ReadOnlySpan<string> columns)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in columns)
        {
            // A column of numbers is told by its leading '>'.
            var right = column.StartsWith('>');
            table.AddColumn(new TableColumn(new Text(right ? column[1..] : column, new Style(decoration: Decoration.Bold))) { Alignment = right ? Justify.Right : Justify.Left, NoWrap = true, Padding = new Padding(0, 0, 2, 0) });
        }
        return table;
    }

    public void Show(Table table)
    {
        lock (_gate) Console.Write(table);
    }

    public void Dispose()
    {
        _out.Flush();
        _error.Flush();
    }
}
