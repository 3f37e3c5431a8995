namespace Examples;

/// <summary>Output that explains itself: a heading for each program, and what each of its lines gave.</summary>
static class Show
{
    static int s_section;

    public static void Section(string title)
    {
        Console.WriteLine();
        Console.WriteLine($"── {++s_section}. {title} ".PadRight(100, '─'));
    }

    public static void Line(string program, object outcome) => Console.WriteLine($"  {program,-66} → {outcome}");
}
