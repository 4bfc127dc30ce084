using System.Text;
using Qualm.Ingest.Qmp;

namespace Qualm.Ingest.Tests.Qmp;

public sealed class RawFormTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id": "c0", "open": true}""")]
    [InlineData("""{"b": 1, "aa": [], "ab": [1, -2, 0.50, null, "x"], "abc": {"": {}}}""")]
    [InlineData("""{"a": "\"\\\b\f\n\r\t\u0001\u001f\u000b é /"}""")]
    [InlineData("""{"a": 18446744073709551615, "b": 1.0, "c": 0, "d": 0.00}""")]
    [InlineData("""{"z": 1, "é": 2}""")]
    public void Jsonb_gives_these_back(string data) => RawForm.GivesBack(Encoding.UTF8.GetBytes(data)).ShouldBeTrue();

    [Theory]
    [InlineData("""{"open": true, "id": "c0"}""")]
    [InlineData("""{"b": 1, "a": 2}""")]
    [InlineData("""{"a": 1, "a": 1}""")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a" : 1}""")]
    [InlineData("""{"a":  1}""")]
    [InlineData("""{"a": 1,"b": 2}""")]
    [InlineData("""{"a": 1 , "b": 2}""")]
    [InlineData("""{ "a": 1}""")]
    [InlineData("""{"a": 1 }""")]
    [InlineData("""{ }""")]
    [InlineData("""{} """)]
    [InlineData(""" {}""")]
    [InlineData("""{"a": [1,2]}""")]
    [InlineData("""{"a": [ 1]}""")]
    [InlineData("""{"a": [1 ]}""")]
    [InlineData("""{"a": [[ ]]}""")]
    [InlineData("""{"a": 1e2}""")]
    [InlineData("""{"a": 1E2}""")]
    [InlineData("""{"a": -0}""")]
    [InlineData("""{"a": -0.0}""")]
    [InlineData("""{"a": "\u00e9"}""")]
    [InlineData("""{"a": "\/"}""")]
    [InlineData("""{"a": "\u000a"}""")]
    [InlineData("""{"a": "\u001F"}""")]
    [InlineData("""{"a": "\u0000"}""")]
    [InlineData("""{"a": "\u0020"}""")]
    [InlineData("""{"a": {"y": 1, "x": 1}}""")]
    [InlineData("""{"\u0061": 1}""")]
    public void Jsonb_changes_these(string data) => RawForm.GivesBack(Encoding.UTF8.GetBytes(data)).ShouldBeFalse();

    [Theory]
    [InlineData("""{"timestamp": {"seconds": 1795316122, "microseconds": 245029}, "event": "STOP"}""", true)]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 0}, "event": "VSERPORT_CHANGE", "data": {"id": "a", "open": true}}""", true)]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 0}, "event": "VSERPORT_CHANGE", "data": {"open": true, "id": "a"}}""", false)]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 00}, "event": "STOP"}""", null)]
    [InlineData("""{"timestamp": {"seconds": -1, "microseconds": -1}, "event": "STOP"}""", false)]
    [InlineData("""{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 0}}""", false)]
    [InlineData("""{"vm": "a", "timestamp": {"seconds": 1, "microseconds": 0}, "event": "STOP"}""", false)]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 0}, "event": "STOP", "more": 1}""", false)]
    [InlineData("""{"timestamp": {"seconds": 1, "microseconds": 0}, "event": "STOP" }""", false)]
    public void Whole_messages_in_QEMUs_own_form_need_no_copy(string json, bool? expected)
    {
        if (expected is null) Decoding.Refused(json);
        else RawForm.GivesBack(Decoding.Event(json).Value).ShouldBe(expected.Value);
    }
}
