using System.Globalization;
using System.Text;
using System.Xml;
using Qualm.Rules;

namespace Qualm.Engine.Testing;

/// <summary>Writes a JUnit file, as build servers read it: a suite for each test file. Coverage and mutants have no place in it.</summary>
/// <remarks>Format: https://github.com/testmoapp/junitxml</remarks>
internal sealed class JUnitReport(Stream output) : ITestReport
{
    private readonly List<TestResult> _results = [];
    private readonly List<(string Path, IReadOnlyList<Diagnostic> Diagnostics)> _refused = [];

    public void Refused(string path, IReadOnlyList<Diagnostic> diagnostics) => _refused.Add((path, diagnostics));

    public void Add(TestResult result) => _results.Add(result);

    public void Add(IReadOnlyList<CoverageRun.Row> coverage)
    {
    }

    public void Add(MutationRun.Outcome mutants)
    {
    }

    public void Finish(TestTotals totals)
    {
        using var xml = XmlWriter.Create(output, new XmlWriterSettings { Indent = true, NewLineChars = "\n", CheckCharacters = false, Encoding = new UTF8Encoding(false) });
        xml.WriteStartElement("testsuites");
        Counts(xml, "qualm test", totals.Tests + totals.Refused, totals.Failed, totals.Refused);
        foreach (var file in _results.GroupBy(r => r.Path))
        {
            xml.WriteStartElement("testsuite");
            Counts(xml, file.Key, file.Count(), file.Count(r => !r.Passed), 0);
            foreach (var result in file) Write(xml, result);
            xml.WriteEndElement();
        }

        foreach (var (path, diagnostics) in _refused)
        {
            xml.WriteStartElement("testsuite");
            Counts(xml, path, 1, 0, 1);
            Case(xml, "the file can be run", path, 1);
            Fault(xml, "error", diagnostics[0].Message, string.Join("\n\n", diagnostics.Select(d => d.Render())));
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, TestResult result)
    {
        Case(xml, result.Test.Name, result.Path, result.Test.Span.Line);
        if (!result.Passed) Fault(xml, "failure", result.Detail.Split('\n')[0], result.Detail);
        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, string name, string path, int line)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("classname", Clean(path));
        xml.WriteAttributeString("file", Clean(path));
        xml.WriteAttributeString("line", line.ToString(CultureInfo.InvariantCulture));
    }

    private static void Fault(XmlWriter xml, string kind, string message, string text)
    {
        xml.WriteStartElement(kind);
        xml.WriteAttributeString("message", Clean(message));
        xml.WriteString(Clean(text));
        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, string name, int tests, int failures, int errors)
    {
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("tests", tests.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", failures.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", errors.ToString(CultureInfo.InvariantCulture));
    }

    // XML has no way to write most control characters.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsSurrogate(c) || XmlConvert.IsXmlChar(c) ? c : '\uFFFD'));
}
