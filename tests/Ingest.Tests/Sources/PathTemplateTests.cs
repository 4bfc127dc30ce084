using Qualm.Ingest.Sources;

namespace Qualm.Ingest.Tests.Sources;

public sealed class PathTemplateTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Named_parts_and_wild_cards_are_found_on_disk()
    {
        foreach (var path in (string[])["h1/a/qmp.sock", "h1/b/qmp.sock", "h2/c/qmp.sock", "h2/c/other.sock", ".hidden/d/qmp.sock", "h3/qmp.sock"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
            File.WriteAllText(_folder[path], "");
        }

        var matches = PathTemplate.Parse(_folder["{host}/{vm}/qmp.sock"]).Expand().ToList();

        matches.Select(m => (m.Parts["host"], m.Parts["vm"])).ShouldBe([("h1", "a"), ("h1", "b"), ("h2", "c")]);
        PathTemplate.Parse(_folder["*/?/q*.sock"]).Expand().Select(m => m.Path).ShouldBe(matches.Select(m => m.Path));
    }

    [Fact]
    public void Folder_that_is_not_there_has_no_matches() =>
        PathTemplate.Parse(_folder["none/{vm}.sock"]).Expand().ShouldBeEmpty();

    [Theory]
    [InlineData("/run/qemu/{vm}.sock", "/run/qemu/web-1.sock", "web-1")]
    [InlineData("/run/qemu/{vm}.sock", "/run/qemu/a.b.sock", "a.b")]
    [InlineData("/run/qemu/vm-{vm}-{disk}.sock", "/run/qemu/vm-7-sda.sock", "7")]
    [InlineData("/run/qemu/{vm}.sock", "/run/other/a.sock", null)]
    [InlineData("/run/qemu/{vm}.sock", "/run/qemu/x/a.sock", null)]
    [InlineData("/run/qemu/{vm}.sock", "/run/qemu/.sock", null)]
    [InlineData("/run/qemu/{vm}.so+k", "/run/qemu/a.sook", null)]
    public void Path_is_fitted(string template, string path, string? vm) =>
        (PathTemplate.Parse(template).Fit(path)?.Parts["vm"]).ShouldBe(vm);

    [Theory]
    [InlineData("/run/{vm.sock")]
    [InlineData("/run/{}.sock")]
    [InlineData("/run/{1}.sock")]
    [InlineData("/run/{vm}/{vm}.sock")]
    public void Faulty_template_is_refused(string template) =>
        Should.Throw<FormatException>(() => PathTemplate.Parse(template)).Message.ShouldContain(template);
}
