import Charts

/// What the page for a meeting needs besides the report's style.
enum MeetingStyle {
  /// For a `<style>` element after the report's.
  ///
  /// On paper lines run the sheet's whole width and pictures are low, so that the answer and the two
  /// fans of what is expected fill the first sheet, A4 or Letter.
  static var markup: Markup {
    var css = Markup()
    css.literal(
      """
      .answer p.purchase{font-weight:600;color:var(--ink)}
      section>p.lead-in{font-size:16px;max-width:68ch}
      tr.advice th,tr.advice td{font-weight:600}
      tr.advice th::after{content:" ✓";color:var(--good)}
      .idle{color:var(--muted)}
      @media print{
      section:nth-of-type(5){break-before:auto}
      header{padding-top:0}h2{margin-top:16px}
      p,.answer p,figcaption p,section>p.lead-in{max-width:none}
      .answer p{font-size:16px;margin:3px 0 6px}.answer p+p{font-size:12.5px}
      section>p.lead-in{font-size:14px}
      figcaption p{font-size:12px;margin:1px 0 5px}
      .chart{max-height:52mm}
      }

      """)
    return css
  }
}
