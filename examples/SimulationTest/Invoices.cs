namespace Examples.Invoicing;

/// <summary>The program under test: invoices are rendered at night on a small cluster.</summary>
static class Invoices
{
    /// <summary>What one invoice comes to; it runs on an engine.</summary>
    public static decimal Total(Invoice invoice) => invoice.Lines.Sum(line => line.Price * line.Count);

    /// <summary>How long past nights' invoices took to render, in seconds: most are short, a customer's yearly one is not.</summary>
    public static readonly double[] MeasuredSeconds = [0.4, 0.5, 0.5, 0.6, 0.7, 0.7, 0.8, 0.9, 1.1, 1.4, 1.9, 2.6, 4.8, 9.5, 31.0];
}

record Invoice(int Number, Line[] Lines);

record Line(decimal Price, int Count);
