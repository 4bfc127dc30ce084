using Qualm.Ingest.Client;

namespace Qualm.Ingest.Tests.Client;

public sealed class QmpEndpointTests
{
    [Theory]
    [InlineData("/run/a.sock", "unix:/run/a.sock")]
    [InlineData("unix:/run/a.sock", "unix:/run/a.sock")]
    [InlineData("127.0.0.1:4444", "tcp:127.0.0.1:4444")]
    [InlineData("tcp:db-1:4444", "tcp:db-1:4444")]
    [InlineData("[::1]:4444", "tcp:[::1]:4444")]
    public void Endpoint_is_read_as_people_write_it(string text, string expected) =>
        QmpEndpoint.Parse(text).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("db-1")]
    [InlineData("db-1:0")]
    [InlineData("db-1:70000")]
    [InlineData("::1:4444")]
    public void Anything_else_is_refused_by_name(string text) =>
        Should.Throw<FormatException>(() => QmpEndpoint.Parse(text)).Message.ShouldContain($"'{text}'");
}
