using Qualm.Engine.Serving.Http;

namespace Qualm.Engine.Tests.Serving;

public sealed class NegotiationTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("text/plain;version=0.0.4", false)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text;q=0.2, text/plain;q=0.9", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    public void OpenMetrics_is_given_to_whom_it_suits_best(string? accept, bool open) => Negotiation.WantsOpenMetrics(accept).ShouldBe(open);
}
