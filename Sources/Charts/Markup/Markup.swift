/// A growing piece of XML that is also HTML.
///
/// Tag and attribute names are `StaticString`, so they come from our source; every text and every
/// attribute value is escaped on its way in. Hence no caller can forget to escape, and outside data
/// can never become markup.
public struct Markup: Sendable, Equatable {
  /// The markup so far.
  public private(set) var source = ""

  public typealias Attributes = KeyValuePairs<StaticString, String>

  public init() {}

  /// `<tag …>`; the caller closes it.
  public mutating func open(_ tag: StaticString, _ attributes: Attributes = [:]) {
    start(tag, attributes)
    source += ">"
  }

  /// `</tag>`.
  public mutating func close(_ tag: StaticString) {
    source += "</\(tag)>"
  }

  /// `<tag … />`: SVG shapes and HTML's void elements only (HTML ignores the slash elsewhere).
  public mutating func empty(_ tag: StaticString, _ attributes: Attributes = [:]) {
    start(tag, attributes)
    source += "/>"
  }

  /// `<tag …>text</tag>`.
  public mutating func element(
    _ tag: StaticString, _ attributes: Attributes = [:], text: String
  ) {
    open(tag, attributes)
    self.text(text)
    close(tag)
  }

  /// `<tag …>`, what `content` writes, `</tag>`.
  public mutating func element<E: Error>(
    _ tag: StaticString, _ attributes: Attributes = [:],
    content: (inout Markup) throws(E) -> Void
  ) throws(E) {
    open(tag, attributes)
    try content(&self)
    close(tag)
  }

  /// Character data, escaped.
  public mutating func text(_ text: String) {
    source += text.markupEscaped
  }

  public mutating func append(_ other: Markup) {
    source += other.source
  }

  /// Text of our own that must not be escaped: a style sheet, a document type.
  public mutating func literal(_ text: StaticString) {
    source += "\(text)"
  }

  private mutating func start(_ tag: StaticString, _ attributes: Attributes) {
    source += "<\(tag)"
    for (name, value) in attributes {
      source += " \(name)=\"\(value.markupEscaped)\""
    }
  }
}
