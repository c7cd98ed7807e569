/// The frame of an HTML page: head, heading, content, foot.
///
/// The page is also well-formed XML. It has no inline script and no `style` attribute, so the
/// strictest content security policy can serve it.
public struct ReportPage: Sendable {
  public enum Style: Sendable, Equatable {
    /// Inside the page: a report is one file that needs nothing else.
    case embedded
    /// A link to a style sheet of the same server.
    case linked(String)
  }

  public var title: String
  /// One line under the title.
  public var subtitle = ""
  public var style = Style.embedded
  /// A module of the same server; none in a report.
  public var script: String?
  /// Seconds after which a browser without script loads the page again; none if nil.
  public var refresh: Int?
  public var footer = ""
  /// What the page is about.
  public var content = Markup()

  public init(title: String) {
    self.title = title
  }

  public mutating func section(_ heading: String, content: (inout Markup) -> Void) {
    self.content.element("section") { section in
      section.element("h2", text: heading)
      content(&section)
    }
  }

  public mutating func append(_ picture: some Picture) {
    content.append(picture.figure())
  }

  /// The whole document.
  public var html: String {
    var page = Markup()
    page.literal("<!DOCTYPE html>\n")
    page.element("html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"]) { html in
      html.element("head", content: writeHead)
      html.element("body") { body in
        body.element("a", ["class": "skip", "href": "#content"], text: "To the content")
        body.element("header") { header in
          header.element("h1", text: title)
          if !subtitle.isEmpty { header.element("p", ["class": "quiet"], text: subtitle) }
        }
        body.element("main", ["id": "content"]) { $0.append(content) }
        if !footer.isEmpty { body.element("footer", text: footer) }
      }
    }
    return page.source + "\n"
  }

  private func writeHead(_ head: inout Markup) {
    head.empty("meta", ["charset": "utf-8"])
    head.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    head.empty("meta", ["name": "referrer", "content": "no-referrer"])
    head.element("title", text: title)
    switch style {
    case .embedded:
      head.element("style") { $0.append(StyleSheet.embedded) }
    case .linked(let address):
      head.empty("link", ["rel": "stylesheet", "href": address])
    }
    if let script {
      head.element("script", ["type": "module", "src": script], text: "")
    }
    if let refresh {
      head.element("noscript") {
        $0.empty("meta", ["http-equiv": "refresh", "content": String(refresh)])
      }
    }
  }
}
