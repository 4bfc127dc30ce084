using System.Globalization;
using Qualm.Model;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Qualm.Engine.Demo;

/// <summary>Draws the board for a terminal.</summary>
internal static class DemoScreen
{
    public static IRenderable Draw(DemoBoard.Snapshot board, TimeSpan left)
    {
        var top = new Columns(Vms(board), Events(board)) { Expand = true };
        var title = new Markup(string.Create(
            CultureInfo.InvariantCulture,
            $"[bold]Qualm demo[/]  {board.Count} events recorded, {board.Pages.Count} pages sent  [grey](ends in {left.TotalSeconds:0} s, Ctrl-C ends it now)[/]"));
        return new Rows(title, top, Alerts(board), Pages(board));
    }

    private static Table Events(DemoBoard.Snapshot board)
    {
        var table = Named("Events").AddColumns("#", "at", "VM", "event");
        foreach (var e in board.Events)
        {
            var times = e.Weight == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ×{e.Weight}");
            var data = e.Data.Length > 60 ? e.Data[..57] + "..." : e.Data;
            table.AddRow(
                e.Position.ToString(), e.At.ToString()[11..23], Markup.Escape(e.Vm), $"{Markup.Escape(e.Name)}{times} [grey]{Markup.Escape(data)}[/]");
        }

        return table;
    }

    private static Table Vms(DemoBoard.Snapshot board)
    {
        var table = Named("VMs").AddColumns("VM", "status");
        foreach (var (vm, status) in board.Vms) table.AddRow(Markup.Escape(vm), status == "running" ? "[green]running[/]" : $"[yellow]{Markup.Escape(status)}[/]");
        return table;
    }

    private static Table Alerts(DemoBoard.Snapshot board)
    {
        var table = Named("Alerts").AddColumns("state", "severity", "alert", "summary");
        foreach (var alert in board.Alerts)
        {
            var state = TransitionJson.Name(alert.Transition);
            table.AddRow(
                alert.Transition == TransitionKind.Resolved ? $"[green]{state}[/]" : $"[red]{state}[/]",
                TransitionJson.Name(alert.Severity), Markup.Escape(alert.Alert), Markup.Escape(alert.Summary));
        }

        return table;
    }

    private static Table Pages(DemoBoard.Snapshot board)
    {
        var table = Named("Pages received over HTTP").AddColumns("transition", "alert", "summary", "dedup key");
        foreach (var page in board.Pages) table.AddRow(page.Transition, Markup.Escape(page.Alert), Markup.Escape(page.Summary), page.DedupKey[..Math.Min(8, page.DedupKey.Length)]);
        return table;
    }

    private static Table Named(string title) => new Table { Title = new TableTitle($"[bold]{title}[/]"), Border = TableBorder.Simple };
}
