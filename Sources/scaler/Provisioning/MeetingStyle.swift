import Charts

/// What the page for a meeting needs besides the report's style.
enum MeetingStyle {
  /// For a `<style>` element after the report's.
  static var markup: Markup {
    var css = Markup()
    css.literal(
      """
      .answer p.purchase{font-weight:600;color:var(--ink)}
      section>p.lead-in{font-size:16px;max-width:68ch}
      tr.advice th,tr.advice td{font-weight:600}
      tr.advice th::after{content:" ✓";color:var(--good)}
      .idle{color:var(--muted)}
      @media print{section:nth-of-type(5){break-before:auto}}

      """)
    return css
  }
}
