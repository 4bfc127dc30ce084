using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Tests.Sources;

public sealed class TemplateWatchTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly HashSet<string> _known = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_appears_is_found_once_and_again_when_it_is_not_known_any_more()
    {
        var watch = Watch("{vm}.sock");
        Make("a.sock");
        Find(watch).ShouldBe(["a.sock"]);
        for (var look = 0; look < 5; look++) Find(watch).ShouldBeEmpty();

        Make("c.sock");
        Make("b.sock");
        Make("b.txt");
        Find(watch).ShouldBe(["b.sock", "c.sock"]);

        _known.Remove(_folder["a.sock"]);
        Find(watch).ShouldBe(["a.sock"]);
        _known.Clear();
        File.Delete(_folder["a.sock"]);
        Find(watch).ShouldBe(["b.sock", "c.sock"]);
    }

    [Fact]
    public void Folders_on_the_way_may_come_later_and_go()
    {
        var watch = Watch("{host}/{vm}/qmp.sock");
        Find(watch).ShouldBeEmpty();
        Make("h1/a/qmp.sock");
        Find(watch).ShouldBe(["h1/a/qmp.sock"]);
        Settle(watch);
        Directory.CreateDirectory(_folder["h1/b"]);
        Find(watch).ShouldBeEmpty();
        Settle(watch);
        Make("h1/b/qmp.sock");
        Find(watch).ShouldBe(["h1/b/qmp.sock"]);
        Directory.Delete(_folder["h1"], recursive: true);
        _known.Clear();
        Find(watch).ShouldBeEmpty();
        Make("h1/b/qmp.sock");
        Find(watch).ShouldBe(["h1/b/qmp.sock"]);
    }

    [Fact]
    public void Parts_are_read_off_what_is_found()
    {
        Make("h1/a/qmp.sock");
        var match = Watch("{host}/{vm}/qmp.sock").FindNew(_ => false).Single();
        match.Parts.ShouldBe([KeyValuePair.Create("host", "h1"), KeyValuePair.Create("vm", "a")]);
    }

    [Fact]
    public void Folder_behind_a_link_is_watched_where_it_lies()
    {
        Directory.CreateDirectory(_folder["real"]);
        Directory.CreateSymbolicLink(_folder["link"], _folder["real"]);
        var watch = Watch("link/{vm}.sock");
        Settle(watch);
        Make("real/a.sock");
        Find(watch).ShouldBe(["link/a.sock"]);
    }

    [Fact]
    public void Folder_whose_time_tells_nothing_is_listed_every_half_minute()
    {
        var watch = Watch("{vm}.sock");
        var before = Directory.GetLastWriteTimeUtc(_folder["."]);
        Settle(watch);
        Make("a.sock");
        Directory.SetLastWriteTimeUtc(_folder["."], before);
        Find(watch).ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(30));
        Find(watch).ShouldBe(["a.sock"]);
    }

    private TemplateWatch Watch(string template) => new(PathTemplate.Parse(_folder[template]), _time);

    private void Settle(TemplateWatch watch)
    {
        for (var look = 0; look < 5; look++) Find(watch).ShouldBeEmpty();
    }

    private List<string> Find(TemplateWatch watch)
    {
        var found = watch.FindNew(_known.Contains).Select(match => match.Path).ToList();
        _known.UnionWith(found);
        return [.. found.Select(path => Path.GetRelativePath(_folder["."], path))];
    }

    private void Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllText(_folder[path], "");
    }
}
