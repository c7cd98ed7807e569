import Testing

@testable import Charts

@Suite("Markup")
struct MarkupTests {
  @Test(
    "Outside text cannot become markup",
    arguments: [
      ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
      ("a & b", "a &amp; b"),
      ("\" onload='x", "&quot; onload=&#39;x"),
      ("nul\u{0}bell\u{7}", "nul\u{FFFD}bell\u{FFFD}"),
      ("right\u{202E}left", "right\u{FFFD}left"),
      ("tab\tand\nline", "tab\tand\nline"),
      ("Größe €", "Größe €"),
    ])
  func escapes(text: String, expected: String) {
    #expect(text.markupEscaped == expected)
    var markup = Markup()
    markup.element("p", ["title": text], text: text)
    #expect(markup.source == "<p title=\"\(expected)\">\(expected)</p>")
  }

  @Test("An identifier keeps only what a URL fragment and a selector can hold")
  func identifiers() {
    let caption = Caption(identifier: "a b/ü\"<x>", title: "", summary: "")
    #expect(caption.identifier == "c-a-b----x-")
  }
}
