using Qualm.Actions;
using Qualm.Engine.Configuration;
using Qualm.Rules.Syntax;

namespace Qualm.Engine.Tests;

public sealed class ConfigReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("qualm-config").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Spool_alarms_and_standby_are_read_and_have_defaults()
    {
        var said = Read("""
            receivers: { page: log, ops: log }
            alarms: [ops]
            spool: { limit: 512MiB }
            standby: false
            """);
        (said.SpoolLimit, said.Alarms.Single(), said.Standby).ShouldBe((512L << 20, "ops", false));
        var silent = Read("rules: r");
        (silent.SpoolLimit, silent.Alarms.Length, silent.Standby).ShouldBe((1L << 30, 0, true));
    }

    [Theory]
    [InlineData("spool: { limit: 1.5GiB }", "spool.limit")]
    [InlineData("spool: { limit: 10KiB }", "1MiB")]
    [InlineData("spool: { size: 1GiB }", "spool.size")]
    [InlineData("alarms: [nobody]", "'nobody'")]
    [InlineData("standby: perhaps", "standby")]
    public void What_is_wrong_with_them_is_said_with_its_place(string yaml, string said) =>
        Should.Throw<ConfigException>(() => Read(yaml)).Message.ShouldContain(said);

    [Theory]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("500MB", 500_000_000L)]
    [InlineData("12", 12L)]
    [InlineData("7 KiB", 7168L)]
    [InlineData("-1", null)]
    [InlineData("9999999999TiB", null)]
    [InlineData("GiB", null)]
    public void Sizes_are_read(string text, long? bytes) => (Sizes.TryParse(text, out var read) ? read : (long?)null).ShouldBe(bytes);

    [Fact]
    public void The_example_of_the_design_is_read()
    {
        Environment.SetEnvironmentVariable("QUALM_TEST_HOOK_KEY", "s3cret");

        var config = Read("""
            sources:
            - qmp: /run/qemu/{vm}.sock
            - qmp: { endpoint: "127.0.0.1:4444", vm: db-1, host: h1 }
            - listen: /run/qualm/qmp.sock
            - tail: /var/log/vm-events.jsonl
            rules: /etc/qualm/rules
            store: Host=db;Database=qualm
            receivers:
              page-storage: { webhook: { url: "https://pager.example/hook", secret: "${env:QUALM_TEST_HOOK_KEY}" } }
              ops: log
            """);

        config.Sources.ShouldBe(
        [
            new SourceConfig.Template("/run/qemu/{vm}.sock"),
            new SourceConfig.Monitor("127.0.0.1:4444", "db-1", "h1"),
            new SourceConfig.Listen("/run/qualm/qmp.sock"),
            new SourceConfig.Tail("/var/log/vm-events.jsonl", null, null),
        ]);
        (config.Rules, config.Store).ShouldBe(("/etc/qualm/rules", "Host=db;Database=qualm"));
        config.Receivers[0].ShouldBeOfType<ReceiverConfig.Webhook>().Secret.ShouldBe(new Secret("s3cret"));
        config.Receivers[1].ShouldBe(new ReceiverConfig.Log("ops"));
    }

    [Theory]
    [InlineData("sources: 5", "1:10: sources: must be a list")]
    [InlineData("sources:\n- qpm: /x", "2:8: sources[0].qpm: is not a known key; known here: qmp, listen, tail, vm, host")]
    [InlineData("receivers:\n  a: { webhook: { url: ftp://x } }", "2:6: receivers.a: url: must be an absolute http or https address")]
    [InlineData("receivers:\n  a: { webhook: { url: 'http://x', secret: '${env:QUALM_NOT_SET}' } }", "2:44: receivers.a.webhook.secret: the environment variable QUALM_NOT_SET is not set")]
    [InlineData("max_clock_skew: soon", "1:17: max_clock_skew: 'soon' is not a duration such as 30s, 5m or 1h30m")]
    [InlineData("flood: on", "1:8: flood: must be 'off', or a mapping such as { budget: 200 }")]
    [InlineData("flood: { budget: 0 }", "1:18: flood.budget: '0' is no number of events a second from 1 to 1000000")]
    [InlineData("flood: { rate: 1 }", "1:16: flood.rate: is not a known key; known here: budget")]
    public void A_fault_names_place_and_key(string yaml, string expected) =>
        Should.Throw<ConfigException>(() => Read(yaml)).Message.ShouldEndWith("qualm.yaml:" + expected);

    [Theory]
    [InlineData("", 200)]
    [InlineData("flood: {}", 200)]
    [InlineData("flood: { budget: 50 }", 50)]
    [InlineData("flood: off", null)]
    public void Floods_are_folded_beyond_a_budget_or_not_at_all(string yaml, int? budget) => (Read(yaml).Flood?.Budget).ShouldBe(budget);

    [Fact]
    public void An_empty_file_gives_the_defaults() => Read("").Receivers.ShouldBeEmpty();

    [Fact]
    public void Where_others_are_set_up_and_notify_is_not_it_is_the_log()
    {
        Read("receivers: { page: log }").Receivers.ShouldBe([new ReceiverConfig.Log("page"), new ReceiverConfig.Log("notify")]);
        Read("receivers: { notify: { webhook: { url: 'http://x' } } }").Receivers.ShouldHaveSingleItem().ShouldBeOfType<ReceiverConfig.Webhook>();
    }

    [Theory]
    [InlineData("1d2h30m10s500ms", 95410.5)]
    [InlineData("90s", 90)]
    public void Durations_are_read_as_in_Prometheus(string text, double seconds)
    {
        Durations.TryParse(text, out var length).ShouldBeTrue();
        length.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5s1m")]
    [InlineData("-5s")]
    [InlineData("99999999999999999999w")]
    public void Other_texts_are_no_durations(string text) => Durations.TryParse(text, out _).ShouldBeFalse();

    private QualmConfig Read(string yaml)
    {
        var file = Path.Combine(_folder, "qualm.yaml");
        File.WriteAllText(file, yaml);
        return ConfigReader.Read(file, new ConfigOverrides(null, null, null, []));
    }
}
