using Microsoft.Extensions.Logging.Abstractions;
using Qualm.Engine.Hosting;

namespace Qualm.Engine.Tests.Hosting;

public sealed class RuleWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("qualm-watch").FullName;

    public static TheoryData<string> Edits => ["write", "replace", "add", "remove", "add below", "folder"];

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task Every_way_to_change_the_rules_is_noticed(string edit)
    {
        Write("a.yaml", "one");
        Write("b.yaml", "one");
        using var watch = Begin(_folder);
        switch (edit)
        {
            case "write": Write("a.yaml", "another"); break;
            case "replace": File.Move(Write(".a.swp", "another"), Path.Combine(_folder, "a.yaml"), overwrite: true); break;
            case "add": Write("c.yaml", "one"); break;
            case "remove": File.Delete(Path.Combine(_folder, "b.yaml")); break;
            case "add below": Write("below/c.yaml", "one"); break;
            default:
                // As a deployment does that puts a whole folder in place of the old one.
                Directory.Move(_folder, _folder + ".old");
                Write("a.yaml", "another");
                break;
        }

        (await watch.NextAsync(Limit())).ShouldBeFalse("nobody asked");
    }

    [Fact]
    public async Task A_single_file_is_watched_as_well()
    {
        var file = Write("a.yaml", "one");
        using var watch = Begin(file);
        Write("a.yaml", "another");
        (await watch.NextAsync(Limit())).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_asks_is_answered_whether_anything_changed_or_not()
    {
        Write("a.yaml", "one");
        using var watch = Begin(_folder);
        watch.Ask();
        (await watch.NextAsync(Limit())).ShouldBeTrue();
        Write("a.yaml", "another");
        (await watch.NextAsync(Limit())).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_waited_for()
    {
        var folder = Path.Combine(_folder, "later");
        using var watch = Begin(folder);
        Write("later/a.yaml", "one");
        (await watch.NextAsync(Limit())).ShouldBeFalse();
    }

    public void Dispose()
    {
        foreach (var folder in (string[])[_folder, _folder + ".old"])
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    private static RuleWatch Begin(string path)
    {
        var watch = new RuleWatch(path, TimeProvider.System, NullLogger.Instance);
        watch.Begin();
        return watch;
    }

    private static CancellationToken Limit() => new CancellationTokenSource(Patience).Token;

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
