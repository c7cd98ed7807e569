/// The looks of pictures and pages, in one place: a page links or embeds it, an SVG file embeds the
/// part for pictures.
public enum StyleSheet {
  /// Everything a page needs, as a style sheet.
  public static var page: String { embedded.source }

  /// The same, for a `<style>` element.
  static var embedded: Markup {
    var css = palette
    css.append(pictureRules)
    css.append(pageRules)
    return css
  }

  /// What a picture needs outside a page.
  static var pictures: Markup {
    var css = palette
    css.append(pictureRules)
    css.literal("text{font-family:system-ui,-apple-system,Segoe UI,Roboto,sans-serif}")
    return css
  }

  /// Hues after Okabe and Ito ("Color Universal Design", 2008), darkened or lightened until text in
  /// them has a contrast of at least 4.5 to 1 on the surface of its scheme.
  private static var palette: Markup {
    var css = Markup()
    css.literal(
      """
      :root{color-scheme:light dark;--page:#f6f7f9;--surface:#fff;--ink:#17202b;--quiet:#566273;\
      --line:#dfe4ea;--axis:#8c98a7;--link:#0b5cad;--event:#f1c40f;\
      --observed:#0b5cad;--forecast:#b5530b;--ready:#0a7a5c;--target:#0b5cad;--need:#3d4a59;\
      --queue:#8a3ea8;--shortage:#c9281c;--committed:#8a3ea8;--muted:#9aa5b2;--good:#0a7a5c;\
      --bad:#c9281c}
      @media(prefers-color-scheme:dark){:root{--page:#0e1319;--surface:#161d26;--ink:#e8edf3;\
      --quiet:#9dabbc;--line:#2a3644;--axis:#61728a;--link:#74b9ff;--event:#d4ac0d;\
      --observed:#6cb4ff;--forecast:#ffab5e;--ready:#4bd0a3;--target:#6cb4ff;--need:#c3ccd8;\
      --queue:#d79df2;--shortage:#ff7d72;--committed:#d79df2;--muted:#5e6d80;--good:#4bd0a3;\
      --bad:#ff7d72}}
      @media print{:root{color-scheme:light}}

      """)
    return css
  }

  private static var pictureRules: Markup {
    var css = Markup()
    css.literal(
      """
      .chart{display:block;width:100%;height:auto;overflow:visible}
      .chart text{font-size:12.5px;fill:var(--quiet);font-variant-numeric:tabular-nums}
      .chart.narrow text{font-size:12px}
      .chart .strong{font-weight:600;fill:var(--ink)}
      .chart .note{font-size:11.5px}
      .chart .heading{font-size:16px;font-weight:600;fill:var(--ink)}
      .chart .halo{paint-order:stroke;stroke:var(--surface);stroke-width:3px;stroke-linejoin:round}
      .chart .fill{fill:currentColor}
      .paper{fill:var(--surface)}
      .grid{stroke:var(--line);stroke-width:1;fill:none}
      .axis,.tick{stroke:var(--axis);stroke-width:1;fill:none}
      .line{stroke:currentColor;stroke-width:1.5;fill:none;stroke-linejoin:round;\
      stroke-linecap:round}
      .dashed{stroke-dasharray:5 4;stroke-linecap:butt}
      .ink-need.line{stroke-width:1.1}
      .band-outer{fill:currentColor;fill-opacity:.16}
      .band-inner{fill:currentColor;fill-opacity:.22}
      .band-past{fill:currentColor;fill-opacity:.42}
      .band-solid{fill:currentColor;fill-opacity:.75}
      .event{fill:var(--event);fill-opacity:.18}
      .threshold{stroke:var(--shortage);stroke-width:1.25;stroke-dasharray:2 3;fill:none}
      .now{stroke:var(--ink);stroke-width:1.25;fill:none}
      .front{stroke:var(--axis);stroke-width:1.5;fill:none}
      .leader{stroke:var(--axis);stroke-width:.75;fill:none}
      .point{fill:currentColor;stroke:var(--surface);stroke-width:1.5}
      .hollow{fill:var(--surface);stroke:currentColor;stroke-width:2}
      .bar{fill:currentColor;fill-opacity:.85}
      .whisker{stroke:var(--ink);stroke-width:1.25;fill:none}
      .clip{fill:#000}
      .ink-observed{color:var(--observed)}.ink-forecast{color:var(--forecast)}
      .ink-ready{color:var(--ready)}.ink-target{color:var(--target)}.ink-need{color:var(--need)}
      .ink-queue{color:var(--queue)}.ink-shortage{color:var(--shortage)}
      .ink-committed{color:var(--committed)}.ink-muted{color:var(--muted)}

      """)
    return css
  }

  private static var pageRules: Markup {
    var css = Markup()
    css.literal(
      """
      *{box-sizing:border-box}
      body{margin:0;background:var(--page);color:var(--ink);line-height:1.5;\
      font:15px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica Neue,sans-serif}
      a{color:var(--link)}
      figcaption p{max-width:110ch}
      .skip{position:absolute;left:-999px}.skip:focus{left:12px;top:8px}
      header,main,footer{max-width:1080px;margin:0 auto;padding:0 20px}
      header{padding-top:22px}
      h1{font-size:26px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
      h2{font-size:19px;line-height:1.3;margin:34px 0 10px}
      h3{font-size:15.5px;line-height:1.35;margin:0}
      p{margin:6px 0;max-width:72ch}
      .quiet,footer,figcaption p{color:var(--quiet)}
      figcaption p{margin:2px 0 10px;font-size:14px}
      footer{padding-top:20px;padding-bottom:28px;font-size:13px}
      figure,.card{margin:16px 0;padding:16px 18px 12px;background:var(--surface);\
      border:1px solid var(--line);border-radius:10px}
      .narrow{display:none}
      details{margin-top:8px;font-size:14px}
      summary{cursor:pointer;color:var(--quiet);width:max-content}
      .scroll{overflow:auto;max-height:420px}
      table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px;width:100%}
      th,td{padding:5px 12px 5px 0;text-align:right;border-bottom:1px solid var(--line);\
      white-space:nowrap}
      tr th:first-child,tr .text{text-align:left}
      tbody th{font-weight:400}
      thead th{font-weight:600;color:var(--quiet);vertical-align:bottom;white-space:normal}
      td.wrap{white-space:normal;min-width:22ch}
      tr.best th,tr.best td{font-weight:600}
      .good{color:var(--good)}.bad{color:var(--bad)}
      .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:10px 16px;\
      margin:12px 0;padding:0}
      .card h2,.card h3{margin-top:0}
      td.line{max-width:0;width:46%;overflow:hidden;text-overflow:ellipsis}
      .facts dt{color:var(--quiet);font-size:13px}
      .facts dd{margin:0;font-size:22px;font-weight:600;font-variant-numeric:tabular-nums}
      .facts dd small{font-size:13px;font-weight:400;color:var(--quiet)}
      .lines{list-style:none;margin:8px 0 0;padding:0;overflow-x:auto;\
      font:13px/1.7 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
      .lines li{white-space:pre;border-bottom:1px solid var(--line);padding:1px 0}
      .tabs{display:flex;flex-wrap:wrap;gap:6px;margin:14px 0 0;padding:0;list-style:none}
      .tabs a{display:block;padding:4px 12px;border:1px solid var(--line);border-radius:999px;\
      background:var(--surface);text-decoration:none;color:var(--ink)}
      .tabs a[aria-current]{border-color:var(--link);color:var(--link);font-weight:600}
      @media(max-width:720px){.wide{display:none}.narrow{display:block;max-width:560px}\
      header,main,footer{padding-left:12px;padding-right:12px}figure,.card{padding:12px 10px 8px}\
      .lines li{white-space:pre-wrap;padding:4px 0}h1{font-size:22px}}
      @media print{body{background:#fff}figure,.card{break-inside:avoid;border-color:#ccc}\
      details{display:none}}

      """)
    return css
  }
}
