using Qualm.Model;

namespace Qualm.Engine.Demo;

/// <summary>Prints what is new on the board, a line each, where there is no terminal to draw on.</summary>
internal sealed class DemoLog(TextWriter output)
{
    private readonly Dictionary<string, TransitionKind> _alerts = new(StringComparer.Ordinal);
    private Position _last;
    private int _pages;

    public void Print(DemoBoard.Snapshot board)
    {
        foreach (var e in board.Events.Where(e => e.Position > _last))
        {
            output.WriteLine($"event  #{e.Position} {e.At} {e.Vm} {e.Name} {e.Data} -> {e.Status}");
            _last = e.Position;
        }

        foreach (var alert in board.Alerts)
        {
            if (_alerts.TryGetValue(alert.Id, out var known) && known == alert.Transition) continue;
            _alerts[alert.Id] = alert.Transition;
            output.WriteLine($"alert  {TransitionJson.Name(alert.Transition)} {TransitionJson.Name(alert.Severity)} {alert.Alert}: {alert.Summary}");
        }

        for (; _pages < board.Pages.Count; _pages++)
        {
            var page = board.Pages[_pages];
            output.WriteLine($"page   {page.Transition} {page.Severity} {page.Alert}: {page.Summary} [{page.DedupKey}]");
        }

        output.Flush();
    }
}
