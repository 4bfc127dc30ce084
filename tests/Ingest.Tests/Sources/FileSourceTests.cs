using System.Text;
using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Tests.Sources;

public sealed class FileSourceTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Vm_is_the_lines_own_word_then_the_operators_then_the_paths_then_the_files_name()
    {
        Directory.CreateDirectory(_folder["h9"]);
        var path = _folder["h9/web-7.jsonl"];
        await File.WriteAllTextAsync(path, Some.Line("A", vm: "own") + "\n" + Some.Line("B") + "\n");
        var template = PathTemplate.Parse(_folder["{host}/web-{vm}.jsonl"]);

        (await Vms(new(path, new("given", null, template)))).ShouldBe([("own", "h9"), ("given", "h9")]);
        (await Vms(new(path, new(Template: template)))).ShouldBe([("own", "h9"), ("7", "h9")]);
        (await Vms(new(path, new()))).ShouldBe([("own", null), ("web-7", null)]);
    }

    [Fact]
    public async Task Reading_a_file_twice_gives_the_same_ids_and_equal_lines_different_ones()
    {
        var path = _folder["a.jsonl"];
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat(Some.Line("A") + "\n", 3)) + "nonsense\n");

        var first = await Read(new FileSource(path, new()));
        var second = await Read(new FileSource(path, new()));
        first.Select(Id).Distinct().Count().ShouldBe(4);
        second.Select(Id).ShouldBe(first.Select(Id));

        File.Copy(path, _folder["b.jsonl"]);
        var copy = await Read(new FileSource(_folder["b.jsonl"], new("a")));
        copy.OfType<SourceItem.Event>().Select(Id).ShouldBe(first.OfType<SourceItem.Event>().Select(Id));
    }

    [Fact]
    public async Task Garbage_has_its_place_and_the_rest_is_read()
    {
        var text = Some.Line("A") + "\n{\"event\": }\n" + Some.Line("B") + "\n{\"return\": {}}\n";
        var source = new FileSource(new MemoryStream(Encoding.UTF8.GetBytes(text)), "stdin", new());
        var items = await Read(source);

        items.OfType<SourceItem.Event>().Select(e => e.Received.Event.Name).ShouldBe(["A", "B"]);
        items.OfType<SourceItem.Garbage>().Single().Item.ShouldSatisfyAllConditions(
            g => g.Line.ShouldBe(2), g => g.Column.ShouldBe(11), g => Encoding.UTF8.GetString(g.Bytes.Span).ShouldBe("{\"event\": }"));
        source.Skipped.ShouldBe(1);
    }

    private static Guid Id(SourceItem item) => item is SourceItem.Event e ? e.Received.Id : ((SourceItem.Garbage)item).Item.Id;

    private static async Task<List<(string Vm, string? Host)>> Vms(FileSource source) =>
        [.. (await Read(source)).OfType<SourceItem.Event>().Select(e => (e.Received.Origin.Vm, e.Received.Origin.Host))];

    private static async Task<List<SourceItem>> Read(FileSource source)
    {
        var items = new List<SourceItem>();
        await foreach (var item in source.ReadAsync(default)) items.Add(item);
        return items;
    }
}
