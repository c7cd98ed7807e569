import Charts

/// What the report's page needs besides the common style sheet: the answer's size, and print.
enum ReportStyle {
  /// For a `<style>` element after the common one.
  ///
  /// On paper the wide pictures are used (a sheet is narrower than a screen's limit for them), a
  /// picture stays on one page with its heading, the worst week (the fifth section, for which the
  /// window's pictures leave no room) begins a page, tables shrink until their columns fit, and
  /// what is folded away is left out.
  static var markup: Markup {
    var css = Markup()
    css.literal(
      """
      .answer p{font-size:20px;line-height:1.45;max-width:62ch;margin:4px 0 10px}
      .answer p+p{font-size:16px;color:var(--quiet)}
      .verdict{font-weight:600}
      .facts dd small{display:block;line-height:1.35}
      .card .scroll+h3{margin-top:20px}
      .card:not(.long)>.scroll{max-height:none}
      .rows{margin:10px 0 0;padding:0}
      .rows dt{font-weight:600;margin-top:8px}.rows dd{margin:0;color:var(--quiet)}
      td.why{white-space:normal;text-align:left;min-width:30ch;font-size:13px}
      th.wrap{white-space:normal;min-width:16ch}
      tr.lead th,tr.lead td{font-weight:600}
      tr.limit th,tr.limit td{color:var(--quiet)}
      .moment p{max-width:90ch}
      pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:10px 0;padding:10px 12px;\
      background:var(--page);border:1px solid var(--line);border-radius:8px;\
      font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
      @media(max-width:720px){.answer p{font-size:18px}.facts dd{font-size:18px}}
      @page{margin:13mm 12mm}
      @media print{
      body{font-size:12px;-webkit-print-color-adjust:exact;print-color-adjust:exact}
      header,main,footer{max-width:none;padding-left:0;padding-right:0}
      .wide{display:block}.narrow{display:none}
      .chart{max-height:200mm}
      .scroll{overflow:visible;max-height:none}
      table{font-size:9.5px}th,td{padding:3px 7px 3px 0}
      td.why{font-size:9px;min-width:0}th.wrap{min-width:0}
      thead{display:table-header-group}tr{break-inside:avoid}
      h2,h3,figcaption,section>p{break-after:avoid}
      section>p{break-inside:avoid}section:nth-of-type(5){break-before:page}
      h2{margin-top:22px}p{orphans:3;widows:3}
      figure,.card{margin:10px 0;padding:10px 12px 8px}
      .card.long{break-inside:auto}
      .answer p{font-size:17px}.answer p+p{font-size:13px}
      .facts dd{font-size:15px}.facts dt{font-size:10.5px}
      .lines{overflow:visible;font-size:9px}.lines li{white-space:pre-wrap}
      footer{break-before:avoid;padding-top:4px;padding-bottom:0;font-size:10px}
      .skip{display:none}
      }

      """)
    return css
  }
}
